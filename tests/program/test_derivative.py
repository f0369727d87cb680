"""The derivative of a forward pass, right or edited, against the slope of its loss."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.mgu import MGUCell
from tests.program.conftest import given_of, rounds
from tracer.cells import register, unregister
from tracer.cells.activations import Array
from tracer.errors import InputError
from tracer.program import Program, edits_in, program_of
from tracer.program.derivative import derivative

SIZES = {"T": 4, "N": 3, "D": 5, "H": 2, "K": 6}

EDITED: dict[str, dict[str, Any]] = {
    "another operand": {"change": {"c": "f * c_prev + g"}},
    "another memory": {"change": {"c": "f * h_prev + i * g"}},
    "no tanh on c": {"change": {"h": "o * c"}},
    "a peephole": {"change": {"z_i": "it + c_prev"}},
    "any functions": {"change": {"h": "σ(z_o) * exp(-c) / (1 + c ** 2)"}},
    "cut off": {"change": {"h": "clip(it, 0.2)"}},
    "half the state": {"change": {"h_prev": "0.5 * it"}},
    "bias at the first step only": {"change": {"z_f": "z_f_from_x + first_step * z_f_from_a"}},
    "no bias": {"each_gate": {"z_{gate}": "z_{gate}_from_x + z_{gate}_from_h"}},
    "another function": {"function": {"σ": "1 / (1 + exp(z))", "dσ": "z"}},
    "a function of itself": {"function": {"σ": "z * σ(-z)", "tanh": "σ(z)"}},
    "cut straight": {"function": {"σ": "max(0, min(1, 0.2 * z + 0.5))"}},
    "a gate always open": {"change": {"i": "ones(z_i)"}},
    "the sum of all losses": {"change": {"total_loss": "N * it"}},
    "a block twice": {"read": {"W_f": "W_i"}},
    "gates in another order": {"order": "o i f g"},
    "units interleaved": {"order": "interleaved"},
    "no state": {"carry": {"h": "zero"}},
    "h_0 ignored": {"carry": {"h": "zero at first"}},
    "h_0 at every step": {"carry": {"h": "initial"}},
    "both initial states at every step": {"carry": {"h": "initial", "c": "initial"}},
    "the memory for the state": {"carry": {"h": "c"}},
    "both exchanged": {"carry": {"h": "c", "c": "h"}},
    "tanh(c) for the state": {"carry": {"h": "tanh_c"}},
    "from the last word to the first": {"loop": {"forward": "reversed"}},
    "through the padding": {"padding": "runs on"},
    "one step into the padding": {"padding": "one step more"},
    "another loss": {"change": {"loss": "masked(sum_K((probs - one_hot(label)) ** 2), mask)"}},
    "the mean over steps": {"steps": {"total_loss": "mean"}},
}


def objective(program: Program, numbers: dict[str, Any]) -> float:
    """What d_h_T and the loss are gradients of."""
    states = [carry.of for carry in program.carries.values() if not carry.backward]
    run = program.run(numbers, wanted=["total_loss", *(f"{state}_T" for state in states)])
    ends = sum((run[f"{state}_T"] * numbers[f"d_{state}_T"]).sum() for state in states)
    return float(run["total_loss"] + ends)


def slope(program: Program, numbers: dict[str, Any], name: str, along: Array) -> float:
    """How fast the objective grows where `name` moves in a direction."""
    up, down = (
        objective(program, {**numbers, name: numbers[name] + step * along})
        for step in (1e-5, -1e-5)
    )
    return (up - down) / 2e-5


def check(program: Program, numbers: dict[str, Any], seed: int = 0) -> None:
    """Hold every gradient against the slope in a random direction."""
    rng = np.random.default_rng(seed)
    names = [name for name in program.given if f"d_{name}" in program.lines]
    run = derivative(program).run(numbers, wanted=[f"d_{name}" for name in names])
    for name in names:
        along = rng.normal(size=numbers[name].shape)
        expected = slope(program, numbers, name, along)
        actual = float((run[f"d_{name}"] * along).sum())
        assert actual == pytest.approx(expected, rel=1e-5, abs=1e-7), name


@pytest.mark.parametrize("ragged", [False, True])
@pytest.mark.parametrize("edited", EDITED)
def test_it_is_the_slope_of_the_forward_pass_that_was_written(edited: str, ragged: bool) -> None:
    """Every gradient of every parameter, of x and of the initial state."""
    program = program_of("lstm").edited(edits_in(EDITED[edited]))

    check(program, given_of(program, SIZES, ragged=ragged, seed=7))


@settings(max_examples=30, deadline=None)
@given(rounds(), st.integers(0, 100))
def test_at_any_size(drawn: tuple[Program, dict[str, Any]], seed: int) -> None:
    """The right programs too, RNN and LSTM."""
    check(*drawn, seed)


@settings(max_examples=20, deadline=None)
@given(rounds())
def test_of_the_right_forward_pass_it_is_the_list_s_backward_pass(
    drawn: tuple[Program, dict[str, Any]],
) -> None:
    """Number by number, at every step, under the same names."""
    program, numbers = drawn

    expected, actual = program.run(numbers), derivative(program).run(numbers)

    for name, array in expected.items():
        np.testing.assert_allclose(actual[name], array, rtol=1e-9, atol=1e-12, err_msg=name)


def test_of_a_cell_that_nothing_in_tracer_knows_of() -> None:
    """Its forward pass is on the list; its backward pass, right or for a mistake, follows."""
    register(MGUCell)
    program = program_of("mgu")
    numbers = given_of(program, SIZES, ragged=True, seed=8)
    edits = edits_in({"change": {"h": "f * h_prev + (1 - f) * g"}, "order": "g f"})

    right, derived = program.run(numbers), derivative(program).run(numbers)
    check(program.edited(edits), numbers)
    unregister("mgu")

    for name, array in right.items():
        np.testing.assert_allclose(derived[name], array, rtol=1e-9, atol=1e-12, err_msg=name)


def test_it_reads_as_equations() -> None:
    """With h = o * c the memory's gradient has no slope of tanh, and nothing reaches tanh_c."""
    program = derivative(program_of("lstm").edited(edits_in({"change": {"h": "o * c"}})))

    assert str(program.equation("d_c_from_h")) == "d_h * o"
    assert str(program.equation("d_tanh_c")) == "0"
    assert str(program.equation("d_o")) == "d_h * c"
    assert str(program.equation("d_U_o")) == "d_z_o.T @ x"


def test_what_has_no_known_derivative_is_said() -> None:
    """A loop that hands over the state of two steps before; a function without a rule."""
    lstm = program_of("lstm")

    with pytest.raises(InputError, match="a loop that hands h further is not known"):
        derivative(lstm.edited(edits_in({"carry": {"h": "two back"}})))
    with pytest.raises(InputError, match=r"the derivative of h_T = h_prev is not known"):
        derivative(lstm.edited(edits_in({"change": {"h_T": "h_prev"}})))
    with pytest.raises(InputError, match=r"of softmax_N in softmax_N\(z_i\) is not known"):
        derivative(lstm.edited(edits_in({"change": {"i": "softmax_N(z_i)"}})))
