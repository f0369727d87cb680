"""Where two traces part, and what is only a consequence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tracer
from tests.core.conftest import Run, make_run
from tests.core.test_model import make_model
from tracer.cells.output import cross_entropy, softmax
from tracer.equations import LEVELS
from tracer.trace.room import bytes_of_a_step

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


def count_differing(got: tracer.Trace, expected: tracer.Trace) -> int:
    """How many numbers of two traces differ by more than rounding."""
    return sum(
        int((~np.isclose(got[name], expected[name], rtol=1e-9, atol=1e-12)).sum())
        for name in got.names
    )


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
    differing = count_differing(unroll(W=W), unroll())
    assert d.again == 1 + 4 + 4  # the same weight is used at each of the other 9 real steps
    assert d.consequences == differing - 10
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


def make_lstm(T: int, N: int, D: int, H: int, dtype: str = "float64") -> Run:
    """An LSTM with weights N(0, 1/H), as one would start to train it."""
    return make_run("lstm", "sigmoid", T=T, N=N, D=D, H=H, dtype=dtype, scale=H**-0.5)


def test_a_state_that_drifts_past_the_end_is_a_mistake() -> None:
    """Past its length a sequence stands still: the step that moves it is the cause, no other."""
    run = make_run("lstm", "sigmoid", T=10, N=3, D=3, H=4, lengths=[10, 3, 10])
    right = tracer.unroll(run.cell, run.x, lengths=run.lengths)
    h, o = right["h"].copy(), right["o"].copy()
    h[3:, 1] += 0.5
    o[1, 0, 2] = 0.9

    d = tracer.compare(with_numbers(right, h=h), right)

    assert d is not None
    assert (d.step, d.batch, d.quantity, d.unit) == (3, 1, "h", 0)
    assert (d.again, d.also) == (3, ())  # the other units of that step
    assert d.consequences == 6 * 4 + 6 * 4  # h and h_prev of the steps after it

    d = tracer.compare(with_numbers(right, h=h, o=o), right)

    assert d is not None
    assert (d.step, d.batch, d.quantity, d.unit) == (1, 0, "o", 2)
    assert [(e.step, e.batch, e.quantity) for e in d.also] == [(1, 0, "h"), (3, 1, "h")][1:]


@pytest.mark.parametrize(("kind", "option"), [("lstm", "sigmoid"), ("rnn", "tanh")])
@pytest.mark.parametrize("per_step", [False, True])
def test_gradients_past_the_end_are_passed_through(kind: str, option: str, per_step: bool) -> None:
    """A ragged batch with another gradient from outside: only d_h_from_loss is to blame."""
    run = make_run(kind, option, T=6, N=3, lengths=[6, 2, 4])
    trace = tracer.unroll(run.cell, run.x, lengths=run.lengths)
    d_h = np.random.default_rng(2).normal(size=(6, 3, 7))
    changed = d_h.copy()
    changed[5, 1, 0] += 1  # past the end of sentence 1

    expected = tracer.backprop(trace, d_h, per_step=per_step)
    got = tracer.backprop(trace, changed, per_step=per_step)
    d = tracer.compare(got, expected)

    assert d is not None
    assert (d.step, d.batch, d.quantity, d.unit) == (5, 1, "d_h_from_loss", 0)
    assert (d.again, d.also) == (0, ())
    assert d.consequences == count_differing(got, expected) - 1


@pytest.mark.parametrize("name", ["d_h_from_next", "d_c", "d_z_f"])
def test_a_gradient_that_is_wrong_past_the_end_is_found(name: str) -> None:
    """Nothing of the padding is left out of the comparison."""
    run = make_run("lstm", "sigmoid", T=6, N=3, lengths=[6, 2, 4])
    trace = tracer.unroll(run.cell, run.x, lengths=run.lengths)
    right = tracer.backprop(trace, np.ones((6, 3, 7)))
    wrong = right[name].copy()
    wrong[4, 1, 3] += 0.5
    layer = replace(right.last, gradients={**right.last.gradients, name: wrong})

    d = tracer.compare(replace(right, layers=(layer,)), right)

    assert d is not None
    assert (d.step, d.batch, d.quantity, d.unit) == (4, 1, name, 3)


SENTENCES = ["you are bad", "you", "are bad"]
TARGET = ["insult", "praise", "insult"]


@pytest.mark.parametrize(
    ("part", "gone"),
    [
        ({"step": slice(1, 3)}, {"d_U", "d_W", "d_a", "d_V", "d_b", "d_h_0", "d_c_0"}),
        ({"step": 2}, {"d_U", "d_W", "d_a", "d_V", "d_b", "d_h_0", "d_c_0"}),
        ({"step": slice(0, 2)}, {"d_U", "d_W", "d_a", "d_V", "d_b"}),
        ({"batch": slice(0, 2)}, {"d_U", "d_W", "d_a", "d_V", "d_b"}),
        ({"batch": 2}, {"d_U", "d_W", "d_a", "d_V", "d_b"}),
        ({"step": slice(0, 3), "batch": slice(0, 3)}, set()),
    ],
)
def test_a_part_with_gradients_holds_no_mistake_of_its_own(
    part: dict[str, Any], gone: set[str]
) -> None:
    """A cut drops the sums over what it cut, and remembers how many sentences the loss averaged."""
    trace = make_model().trace(SENTENCES, target=TARGET, backward=True)
    cut = trace.sel(**part)
    outputs = {name: array.copy() for name, array in cut.outputs.items()}
    t, n = (1 if cut.T > 1 else 0), 0
    outputs["logits"][t, n, 0] += 0.5
    outputs["probs"] = softmax(outputs["logits"]) * (outputs["probs"] > 0)
    assert cut.target is not None
    outputs["loss"] = cross_entropy(outputs["logits"], cut.target)
    counts = (cut.target >= 0)[..., np.newaxis]
    y = cut.target[..., np.newaxis] == np.arange(2)
    outputs["d_logits"] = np.where(counts, outputs["probs"] - y, 0) / 3

    d = tracer.compare(replace(cut, outputs=outputs), cut)

    assert set(trace.names) - set(cut.names) == gone
    assert tracer.compare(cut, cut) is None
    assert d is not None
    assert (d.step, d.batch, d.quantity, d.unit) == (t, n, "logits", 0)
    stale = {"d_h_from_loss", "d_V", "d_b"}  # still those of the right scores
    assert {e.quantity for e in d.also} <= stale


def test_two_devices_agree_in_float32_over_long_sums() -> None:
    """200 steps, 16 sentences: a gradient near 0 is a sum of 3,200 terms that are not."""
    run = make_lstm(200, 16, 64, 64, "float32")
    d_h = np.random.default_rng(1).normal(size=(200, 16, 64)).astype(np.float32)

    got, expected = (
        tracer.backprop(tracer.unroll(run.cell, run.x, device=device), d_h, device=device)
        for device in ("cpu", "reference")
    )

    assert tracer.compare(got, expected) is None
    assert tracer.compare(expected, got) is None


def test_two_devices_agree_where_a_sum_cancels() -> None:
    """In a linear RNN h is the sum itself, near 0 while its terms are not; h_prev is that h."""
    for seed in range(40):
        rng = np.random.default_rng(seed)
        U, W, a, x = (
            (rng.normal(size=shape) / np.sqrt(shape[-1])).astype(np.float32)
            for shape in [(16, 3), (16, 16), (16,), (10, 4, 3)]
        )
        cell = tracer.RNNCell(U, W, a, "identity")
        got, expected = (tracer.unroll(cell, x, device=name) for name in ("cpu", "reference"))

        assert tracer.compare(got, expected) is None, seed


def test_large_numbers_elsewhere_hide_no_mistake() -> None:
    """An RNN that grows threefold at each step, to 1e28: 0.01 too much at step 10 is still seen."""
    cell = tracer.RNNCell(np.eye(2), 3 * np.eye(2), np.zeros(2), "identity")
    right = tracer.unroll(cell, np.random.default_rng(0).normal(size=(60, 1, 2)))
    h, z = right["h"].copy(), right["z"].copy()
    h[0, 0, 0] += 0.01
    z[10, 0, 1] += 0.01

    d = tracer.compare(with_numbers(right, h=h, z=z), right)

    assert d is not None
    assert (d.step, d.quantity, d.unit) == (0, "h", 0)
    assert ("z", 10, 1) in [(e.quantity, e.step, e.unit) for e in d.also]


def test_the_same_quantity_wrong_again_is_counted() -> None:
    """It may be the same mistake, as of a wrong equation, so it is no further place."""
    cell = tracer.RNNCell(np.eye(2), np.eye(2), np.zeros(2), "identity")
    right = tracer.unroll(cell, np.random.default_rng(0).normal(size=(30, 1, 2)))
    h = right["h"].copy()
    h[3, 0, 0] += 1
    h[20, 0, 1] += 1

    d = tracer.compare(with_numbers(right, h=h), right)

    assert d is not None
    assert (d.step, d.quantity, d.unit, d.again) == (3, "h", 0, 1)


def test_a_changed_weight_is_blamed_once_though_backward_uses_it_again() -> None:
    """W was found wrong going forward; the gradients follow from it, also the first of them."""
    W = RUN.cell.W.copy()
    W[7 + 1, 3] += 0.1
    d_h = np.random.default_rng(1).normal(size=(6, 2, 7))
    got, expected = tracer.backprop(unroll(W=W), d_h), tracer.backprop(unroll(), d_h)

    d = tracer.compare(got, expected)

    assert d is not None
    assert (d.step, d.quantity, d.again, d.also) == (0, "z_f_from_h", 9, ())
    # The count here knows no terms, and takes two rounded sums for differences.
    assert 0 <= count_differing(got, expected) - 10 - d.consequences <= 2


@pytest.mark.parametrize("name", ["d_U", "d_a", "d_h_0", "d_V", "d_logits"])
def test_a_wrong_gradient_of_a_whole_batch_is_found(name: str) -> None:
    """Totals are held against the sum of their terms, and nothing else is blamed before them."""
    right = make_model().trace(SENTENCES, target=TARGET, backward=True)
    numbers = right[name].copy()
    numbers[(0,) * numbers.ndim] += 0.01
    if name in right.outputs:
        wrong = replace(right, outputs={**right.outputs, name: numbers})
    else:
        layer = replace(right.last, gradients={**right.last.gradients, name: numbers})
        wrong = replace(right, layers=(layer,))

    d = tracer.compare(wrong, right)

    assert d is not None
    assert (d.quantity, d.step, d.unit, d.again, d.consequences) == (name, 0, 0, 0, 0)
    assert d.got - d.expected == pytest.approx(0.01)


def test_it_reads_as_a_sentence() -> None:
    """For whoever prints it: the place, both numbers, and what else differs."""
    found = tracer.Divergence(
        step=2, batch=0, quantity="c", unit=5, got=0.5, expected=0.25, consequences=7, again=1
    )
    also = replace(found, also=(replace(found, quantity="h"), replace(found, quantity="o")))

    assert str(found) == (
        "c[5] at step 2 of sequence 0: got 0.5, expected 0.25; also different: 7 later numbers as "
        "a consequence, 1 more value of c independently"
    )
    assert str(also).endswith("1 more value of c independently, 2 other quantities independently")
    assert repr(found) == f"<Divergence: {found}>"


@settings(max_examples=25)
@given(data=st.data(), level=st.sampled_from(LEVELS), backward=st.booleans())
def test_window_by_window_finds_the_same(
    data: st.DataObject, level: str, *, backward: bool
) -> None:
    """Long runs are compared so: the same places, as many numbers, and the same causes."""
    run = make_run("lstm", "sigmoid", T=11, N=2, lengths=[11, 7])
    x, W = run.x.copy(), run.cell.W.copy()
    for t in data.draw(st.lists(st.integers(0, 10), max_size=2)):
        x[t, data.draw(st.integers(0, 1)), 0] += 1
    W[9, 3] += data.draw(st.sampled_from([0, 0.1]))
    one, other = (
        tracer.unroll(replace(run.cell, W=w), inputs, lengths=run.lengths, level=level)
        for w, inputs in ((W, x), (run.cell.W, run.x))
    )
    if backward:
        one, other = (tracer.backprop(trace, np.ones((11, 2, 7))) for trace in (one, other))
    steps = data.draw(st.sampled_from([1, 2, 3, 5]))

    whole = tracer.compare(one, other)
    with pytest.MonkeyPatch.context() as patch:
        window = steps * bytes_of_a_step(run.cell, 2, "all")
        patch.setattr("tracer.trace.compare.WINDOW", window)
        assert tracer.compare(one, other) == whole
