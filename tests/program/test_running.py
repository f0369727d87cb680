"""The program of the list gives what the textbook gives, forward and backward."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import tracer
from tests.core.mgu import MGUCell
from tests.program.conftest import KINDS, given_of, rounds
from tracer.cells import CELL_CLASSES, register, unregister
from tracer.cells.output import cross_entropy, d_cross_entropy, softmax, total
from tracer.program import Program, program_of

SIZES = {"T": 5, "N": 3, "D": 4, "H": 2, "K": 6}


@pytest.fixture(autouse=True, scope="module")
def _third_cell() -> Iterator[None]:
    """The cell that nothing in tracer knows of."""
    register(MGUCell)
    yield
    unregister("mgu")


def textbook(program: Program, numbers: dict[str, Any]) -> dict[str, Any]:
    """Every quantity, by tracer.unroll, the output's functions and tracer.backprop."""
    cell = CELL_CLASSES[program.name](*(numbers[name] for name in "UWa"))
    lengths, T = numbers["lengths"], len(numbers["x"])
    initial = {f"{s}_0": numbers[f"{s}_0"] for s in cell.equations.state}
    trace = tracer.unroll(cell, numbers["x"], lengths=lengths, device="reference", **initial)
    real = np.arange(T)[:, np.newaxis] < lengths
    label = np.where(numbers["mask"] & real, numbers["label"], -1)
    h = trace["h"]
    logits = h @ numbers["V"].T + numbers["b"]
    loss = cross_entropy(logits, label)
    d_logits = d_cross_entropy(softmax(logits), label)
    d_h = d_logits @ numbers["V"]
    last = {f"d_{s}_last": numbers[f"d_{s}_T"] for s in cell.equations.state}
    back = tracer.backprop(trace, d_h, device="reference", **last)
    found = {
        q.name: back[q.name]
        for q in (*cell.equations, *cell.equations.backward)
        if not q.name.endswith("_per_step")
    }
    for state in cell.equations.state:
        found[f"{state}_T"] = trace[state][-1]
    return found | {
        "logits": logits,
        "probs": softmax(logits),
        "loss": loss,
        "total_loss": total(loss),
        "d_logits": d_logits,
        "d_V": np.einsum("tnk,tnh->kh", d_logits, h),
        "d_b": d_logits.sum(axis=(0, 1)),
        "d_h_from_loss": d_h,
        "d_h_norm": np.linalg.norm(back["d_h"] * real[..., np.newaxis], axis=-1),
    }


def check(program: Program, numbers: dict[str, Any]) -> None:
    """Hold every quantity against the textbook, at the real steps."""
    expected = textbook(program, numbers)
    actual = {**numbers, **program.run(numbers)}
    T = len(numbers["x"])
    real = (np.arange(T)[:, np.newaxis] < numbers["lengths"])[..., np.newaxis]
    for name, array in expected.items():
        there = real if np.ndim(array) == 3 else 1
        np.testing.assert_allclose(
            actual[name] * there, array * there, rtol=1e-9, atol=1e-12, err_msg=name
        )


@pytest.mark.parametrize("ragged", [False, True])
@pytest.mark.parametrize("kind", [*KINDS, "mgu"])
def test_every_quantity_is_that_of_the_textbook(kind: str, ragged: bool) -> None:
    """All sizes differ; gradients, loss and output included."""
    program = program_of(kind)

    check(program, given_of(program, SIZES, ragged=ragged, seed=1))


@settings(max_examples=60, deadline=None)
@given(rounds())
def test_at_any_size(drawn: tuple[Program, dict[str, Any]]) -> None:
    """T, N, D, H and K from 1 on, with sentences of any length."""
    check(*drawn)


def test_past_its_end_a_sentence_stands_still() -> None:
    """h keeps its last value, all else is 0."""
    program = program_of("lstm")
    numbers = given_of(program, SIZES, ragged=False, seed=2)
    numbers["lengths"] = np.array([5, 2, 4])

    run = program.run(numbers)

    assert (run["h"][2:, 1] == run["h"][1, 1]).all()
    assert (run["h_T"][1] == run["h"][1, 1]).all()
    assert not run["f"][2:, 1].any()
    assert not run["d_z_f"][2:, 1].any()
    assert not run["loss"][2:, 1].any()


def test_only_what_is_wanted_is_computed_and_only_what_it_needs_has_to_be_given() -> None:
    """A step's c needs no V, no label and no gradient; without W the error says so."""
    program = program_of("lstm")
    numbers = given_of(program, SIZES, ragged=False, seed=3)
    few = {name: numbers[name] for name in ("x", "h_0", "c_0", "U", "W", "a")}

    assert list(program.run(few, wanted=["c"])) == ["c"]
    with pytest.raises(
        tracer.InputError, match="LSTM: c cannot be computed without W; given: x, h_0, c_0, U, a"
    ):
        program.run({name: few[name] for name in few if name != "W"}, wanted=["c"])
    assert "d_h" not in program.run(few)


def test_what_is_given_is_never_computed() -> None:
    """f pinned at 1 and i at 0 keep the memory as it was."""
    program = program_of("lstm")
    numbers = given_of(program, SIZES, ragged=False, seed=4)
    pinned = {"f": np.ones((5, 3, 2)), "i": np.zeros((5, 3, 2))}

    c = program.run({**numbers, **pinned}, wanted=["c"])["c"]

    np.testing.assert_array_equal(c, np.broadcast_to(numbers["c_0"], (5, 3, 2)))


def test_a_wrong_shape_is_said() -> None:
    """With the axes, and the sizes that the others have."""
    program = program_of("lstm")
    numbers = given_of(program, SIZES, ragged=False, seed=5)

    with pytest.raises(
        tracer.InputError, match=r"W has shape \(8, 3\); expected \(4H, H\) with H="
    ):
        program.run({**numbers, "W": np.zeros((8, 3))})
    with pytest.raises(
        tracer.UnknownNameError, match="no LSTM quantity 'h_00'; did you mean 'h_0'"
    ):
        program.run({**numbers, "h_00": numbers["h_0"]})
    with pytest.raises(tracer.UnknownNameError, match="did you mean 'd_z_f'"):
        program.run(numbers, wanted=["dz_f"])
