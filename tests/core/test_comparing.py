"""Where two traces part, and what is only a consequence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tracer
from tests.core.conftest import make_run

RUN = make_run("lstm", "sigmoid", T=6, N=2, lengths=[6, 4])


def unroll(**changed: Any) -> tracer.Trace:
    """The same run again, with some weights or inputs changed."""
    weights = {name: changed.pop(name, getattr(RUN.cell, name)) for name in ("U", "W", "a")}
    arguments = {"x": RUN.x, "lengths": RUN.lengths, "h_0": RUN.state["h"], **changed}
    return tracer.unroll(tracer.LSTMCell(**weights), **arguments)


def with_numbers(trace: tracer.Trace, **numbers: Any) -> tracer.Trace:
    """The trace with some recorded numbers replaced, as a program with a mistake records them."""
    recorded = {name: array.copy() for name, array in trace.last.recorded.items()} | numbers
    return replace(trace, layers=(replace(trace.last, recorded=recorded),))


def test_the_same_run_agrees() -> None:
    """Two devices differ by rounding only, and that is no divergence."""
    assert tracer.compare(unroll(), unroll()) is None
    assert tracer.compare(unroll(device="reference"), unroll()) is None


def test_a_changed_weight_is_found_where_it_is_first_used() -> None:
    """W's row of unit 1 in the forget block: the first number to part is the share z_f_from_h."""
    W = RUN.cell.W.copy()
    W[7 + 1, 3] += 0.1

    d = tracer.compare(unroll(W=W), unroll())

    assert d is not None
    assert (d.step, d.batch, d.quantity, d.unit) == (0, 0, "z_f_from_h", 1)
    assert d.got - d.expected == pytest.approx(0.1 * RUN.state["h"][0, 3])
    assert d.consequences > 100
    assert d.also == ()


def test_a_changed_input_is_the_input() -> None:
    """Nothing before x could be the cause."""
    x = RUN.x.copy()
    x[2, 1, 3] += 1

    d = tracer.compare(unroll(x=x), unroll())

    assert d is not None
    assert (d.step, d.batch, d.quantity, d.unit) == (2, 1, "x", 3)
    assert d.also == ()


def test_a_changed_initial_state_shows_at_the_first_step() -> None:
    """The state before the first word comes from outside."""
    d = tracer.compare(unroll(h_0=RUN.state["h"] + 1), unroll())

    assert d is not None
    assert (d.step, d.quantity, d.also) == (0, "h_prev", ())


def test_two_independent_mistakes_are_told_apart() -> None:
    """At step 2 c is wrong, and o, which does not depend on it there, is wrong at step 4."""
    right = unroll()
    c, o = right["c"].copy(), right["o"].copy()
    c[2, 0, 5] += 0.5
    o[4, 0, 1] = 0.9

    d = tracer.compare(with_numbers(right, c=c, o=o), right)

    assert d is not None
    assert (d.step, d.quantity, d.unit) == (2, "c", 5)
    assert [(e.step, e.quantity, e.unit) for e in d.also] == [(4, "o", 1)]


def test_a_forgotten_tanh_is_one_mistake_and_the_rest_follows_from_it() -> None:
    """With h = o * c, h is the cause; what the next steps make of it is not."""
    right = unroll()
    wrong = {name: array.copy() for name, array in right.last.recorded.items()}
    state: tuple[Any, ...] = (RUN.state["h"], np.zeros((2, 7)))
    for t in range(6):
        step = RUN.cell.step(RUN.x[t], *state)
        step["h"] = step["o"] * step["c"]
        going = (t < np.array(RUN.lengths))[:, np.newaxis]
        for name, before in zip(("h", "c"), state, strict=True):
            step[name] = np.where(going, step[name], before)
        for name, numbers in wrong.items():
            numbers[t] = step[name] if name in {"h", "c"} else np.where(going, step[name], 0)
        state = (step["h"], step["c"])

    d = tracer.compare(with_numbers(right, **wrong), right)

    assert d is not None
    assert (d.step, d.quantity, d.also) == (0, "h", ())


@settings(max_examples=50)
@given(st.data())
def test_one_wrong_number_anywhere_is_found_there(data: st.DataObject) -> None:
    """Whatever quantity, step and unit: that is the place named, and it is the only cause."""
    right = unroll()
    name = data.draw(st.sampled_from(list(right.last.recorded)))
    t, unit = data.draw(st.integers(0, 3)), data.draw(st.integers(0, 6))
    numbers = right[name].copy()
    numbers[t, 1, unit] += data.draw(st.sampled_from([1e-3, -1.0, np.nan, np.inf]))

    d = tracer.compare(with_numbers(right, **{name: numbers}), right)

    assert d is not None
    assert (d.step, d.batch, d.quantity, d.unit) == (t, 1, name, unit)


def test_tolerances_widen_and_narrow() -> None:
    """A number agrees if |got - expected| <= atol + rtol * |expected|."""
    x = RUN.x * (1 + 1e-6)

    assert tracer.compare(unroll(x=x), unroll()) is not None
    assert tracer.compare(unroll(x=x), unroll(), rtol=1e-3, atol=1e-3) is None


def test_nan_agrees_with_nan() -> None:
    """Two runs that both break in the same place agree."""
    x = RUN.x.copy()
    x[1, 0, 0] = np.nan

    assert tracer.compare(unroll(x=x), unroll(x=x)) is None


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"x": RUN.x[:5], "lengths": [5, 4]}, "number of steps T"),
        ({"lengths": [6, 3]}, "lengths"),
    ],
)
def test_traces_that_cannot_be_laid_side_by_side(changed: dict[str, Any], what: str) -> None:
    """The error says in what they differ."""
    with pytest.raises(tracer.InputError, match=f"the traces differ in {what}"):
        tracer.compare(unroll(**changed), unroll())
