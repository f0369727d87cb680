"""Somebody's own numbers: an error is carried forward, and counted once."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.program.conftest import given_of, rounds
from tracer.program import Program, program_of

SIZES = {"T": 4, "N": 3, "D": 5, "H": 2, "K": 6}


def test_an_error_in_c_does_not_make_h_wrong() -> None:
    """h is o times tanh of the c that was handed in, step by step; c itself is judged anew."""
    program = program_of("lstm")
    numbers = given_of(program, {**SIZES, "T": 1}, ragged=False, seed=1)
    right = program.run(numbers, wanted=["h", "c", "o"])
    own_c = np.tanh(right["c"])

    expected = program.run(numbers, own={"c": own_c}, wanted=["c", "h"])

    np.testing.assert_array_equal(expected["c"], right["c"])
    np.testing.assert_allclose(expected["h"], right["o"] * np.tanh(own_c), rtol=1e-12)


def test_the_state_that_is_carried_on_is_the_other_s_own() -> None:
    """Each step of an RNN follows from the h that came for the step before."""
    program = program_of("rnn")
    numbers = given_of(program, SIZES, ragged=False, seed=2)
    own = np.random.default_rng(0).normal(size=(4, 3, 2))
    U, W, a, x = (numbers[name] for name in ("U", "W", "a", "x"))

    h = program.run(numbers, own={"h": own}, wanted=["h"])["h"]

    before = np.concatenate([numbers["h_0"][np.newaxis], own[:-1]])
    np.testing.assert_allclose(h, np.tanh(x @ U.T + before @ W.T + a), rtol=1e-12)


def test_fewer_steps_may_have_come() -> None:
    """Two of four; from then on the program goes on by itself."""
    program = program_of("rnn")
    numbers = given_of(program, SIZES, ragged=False, seed=3)
    own = np.full((2, 3, 2), 0.5)
    U, W, a, x = (numbers[name] for name in ("U", "W", "a", "x"))

    h = program.run(numbers, own={"h": own}, wanted=["h"])["h"]

    np.testing.assert_allclose(h[2], np.tanh(x[2] @ U.T + own[1] @ W.T + a), rtol=1e-12)
    np.testing.assert_allclose(h[3], np.tanh(x[3] @ U.T + h[2] @ W.T + a), rtol=1e-12)


def test_past_a_sentence_s_end_nothing_of_the_other_s_is_read() -> None:
    """Whoever returns 0 there has made no mistake, and the last state is that of the last word."""
    program = program_of("rnn")
    numbers = given_of(program, SIZES, ragged=False, seed=4)
    numbers["lengths"] = np.array([4, 2, 3])
    right = program.run(numbers, wanted=["h", "h_T"])
    real = (np.arange(4)[:, np.newaxis] < numbers["lengths"])[..., np.newaxis]

    expected = program.run(numbers, own={"h": right["h"] * real}, wanted=["h", "h_T"])

    np.testing.assert_allclose(expected["h"], right["h"], rtol=1e-12)
    np.testing.assert_allclose(expected["h_T"], right["h_T"], rtol=1e-12)


def test_backward_too_an_error_is_carried_on() -> None:
    """With a wrong d_c everything after it is right that follows from it."""
    program = program_of("lstm")
    numbers = given_of(program, {**SIZES, "T": 1}, ragged=False, seed=5)
    right = program.run(numbers)
    own = {"d_c": right["d_c_from_h"], "d_z_f": 2 * right["d_z_f"]}

    expected = program.run(numbers, own=own)

    f, c_prev = right["f"], right["c_prev"]
    np.testing.assert_allclose(expected["d_c"], right["d_c"], rtol=1e-12)
    np.testing.assert_allclose(expected["d_z_f"], own["d_c"] * c_prev * f * (1 - f), rtol=1e-12)
    np.testing.assert_allclose(expected["d_a_f"], own["d_z_f"].sum(axis=(0, 1)), rtol=1e-12)


@settings(max_examples=25, deadline=None)
@given(rounds(), st.randoms(use_true_random=False))
def test_every_number_is_its_equation_s_on_the_numbers_that_came(
    drawn: tuple[Program, dict[str, Any]], random: Any
) -> None:
    """Whatever came, of whatever quantities: at each real step the equation gives what is expected.

    An equation reads what came where something came, and else what was expected.
    """
    program, numbers = drawn
    expected = program.run(numbers)
    of_steps = [n for n in expected if program.names[n][:2] == ("T", "N")]
    rng = np.random.default_rng(random.randrange(2**32))
    own = {n: rng.normal(size=expected[n].shape) for n in random.sample(of_steps, 4)}

    expected = program.run(numbers, own=own)

    T, N = numbers["label"].shape
    H = numbers["W"].shape[1]
    real = np.arange(T)[:, np.newaxis] < numbers["lengths"]
    known = {**numbers, **expected, **own, "N": N, "K": len(numbers["b"])}
    known["mask"] = numbers["mask"] & real
    for block, (whole, above) in program.blocks.items():
        known[block] = numbers[whole][above * H : (above + 1) * H]
    with np.errstate(all="ignore"):
        for name in of_steps:
            if name in program.into:
                continue
            value = program.lines[name].of_all_steps(known)
            there = real[..., np.newaxis] if expected[name].ndim == 3 else real
            np.testing.assert_allclose(
                np.where(there, expected[name], 0), np.where(there, value, 0),
                rtol=1e-9, atol=1e-12, err_msg=name,
            )  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(rounds())
def test_right_numbers_change_nothing(
    drawn: tuple[Program, dict[str, Any]],
) -> None:
    """Handed in as somebody's own, they are what is expected."""
    program, numbers = drawn
    right = program.run(numbers)

    expected = program.run(numbers, own=right)

    for name, array in right.items():
        np.testing.assert_allclose(expected[name], array, rtol=1e-9, atol=1e-12, err_msg=name)
