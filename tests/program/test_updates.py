"""Clipping by norm, SGD with momentum and Adam: their equations against loops over numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.updates import Moments, updated
from tracer.equations.updates import UPDATES
from tracer.program import edits_in, program_of
from tracer.training.optimisers import Optimiser

RATES = {"learning_rate": 0.02, "momentum": 0.8, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-6}


def weights(seed: int, H: int, D: int) -> dict[str, Any]:
    """Weights, their gradient, and what the updates before left."""
    rng = np.random.default_rng(seed)
    return {
        "w": rng.normal(size=(H, D)), "d": rng.normal(size=(H, D)),
        "m": rng.normal(size=(H, D)), "v": rng.random(size=(H, D)),
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["sgd", "adam"])
@given(
    seed=st.integers(0, 2**32 - 1), H=st.integers(1, 5), D=st.integers(1, 5), t=st.integers(1, 9)
)
def test_an_update_is_what_training_computes(kind: str, seed: int, H: int, D: int, t: int) -> None:
    """The weights after one step, and what is remembered for the next."""
    program = program_of(kind)
    numbers = weights(seed, H, D) | RATES | {"t": t}
    given_ = {name: numbers[name] for name in program.given}
    optimiser = Optimiser(
        name={"sgd": "momentum", "adam": "adam"}[kind], learning_rate=0.02, momentum=0.8,
        beta2=0.95, epsilon=1e-6, clip_norm=0,
    )  # fmt: skip
    moments = Moments(numbers["m"].copy(), numbers["v"].copy())

    actual = program.run(given_)
    expected = updated(numbers["w"], numbers["d"], moments, optimiser, t)

    np.testing.assert_allclose(actual["w_new"], expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(actual["m_new"], moments.first, rtol=1e-12, atol=1e-12)
    if kind == "adam":
        np.testing.assert_allclose(actual["v_new"], moments.second, rtol=1e-12, atol=1e-12)


def test_a_gradient_is_clipped_by_the_norm_of_all_its_arrays() -> None:
    """3, 4 and 12 are as long as 13; to be no longer than 6.5 each is halved."""
    gradients = {"d_U": [[3.0]], "d_W": [[4.0]], "d_a": [12.0]}
    given_ = {name: np.array(value) for name, value in gradients.items()}

    run = program_of("clip").run({**given_, "max_norm": np.array(6.5)})
    short = program_of("clip").run({**given_, "max_norm": np.array(20.0)})
    nothing = {name: 0 * array for name, array in given_.items()}
    zero = program_of("clip").run({**nothing, "max_norm": np.array(1.0)})

    assert (run["norm"].item(), run["scale"].item()) == (13, 0.5)
    assert [run[f"clipped_{name}"].item() for name in gradients] == [1.5, 2, 6]
    assert [short[f"clipped_{name}"].item() for name in gradients] == [3, 4, 12]
    assert zero["clipped_d_a"].item() == 0


def test_a_mistake_in_an_update_is_an_edit_too() -> None:
    """Adam without the two corrections, and the sign of the step turned round."""
    program = program_of("adam")
    numbers = weights(1, 3, 2) | RATES | {"t": 2}
    numbers = {name: numbers[name] for name in program.given}
    edited = program.edited(
        edits_in({"change": {"m_hat": "m_new", "v_hat": "v_new", "w_new": "2 * w - it"}})
    )

    run = edited.run(numbers, wanted=["w_new"])

    m = 0.8 * numbers["m"] + 0.2 * numbers["d"]
    v = 0.95 * numbers["v"] + 0.05 * numbers["d"] ** 2
    expected = numbers["w"] + 0.02 * m / (np.sqrt(v) + 1e-6)
    np.testing.assert_allclose(run["w_new"], expected, rtol=1e-12)


@pytest.mark.parametrize("kind", UPDATES)
def test_the_list_of_an_update_is_complete(kind: str) -> None:
    """Every name that an equation reads is on the list, before it, and each says what it is."""
    equations = UPDATES[kind]
    known = {quantity.name for quantity in equations.given}

    for quantity in equations.quantities:
        assert set(quantity.reads) <= known
        assert quantity.equation == str(quantity.expression)
        known.add(quantity.name)
    assert all(q.meaning for q in (*equations.given, *equations.quantities))
    assert tuple(q.name for q in equations.quantities) == program_of(kind).order
