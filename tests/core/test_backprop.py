"""Backward through time: proved by finite differences, equation by equation, and by its parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tracer
from tests.core.conftest import KINDS_AND_OPTIONS, Run, make_run
from tests.core.test_model import make_model
from tracer.cells.activations import Array
from tracer.cells.evaluation import evaluate
from tracer.cells.output import total
from tracer.equations import LEVELS

SMOOTH = [("rnn", "tanh"), ("rnn", "sigmoid"), ("rnn", "identity"), ("lstm", "sigmoid")]


@st.composite
def smooth_runs(draw: st.DrawFn, kinds: list[tuple[str, str]] = SMOOTH) -> Run:
    """Any smooth cell in float64, any sizes, lengths and states."""
    T, N = draw(st.integers(1, 7)), draw(st.integers(1, 3))
    kind, option = draw(st.sampled_from(kinds))
    sizes: dict[str, Any] = {
        "T": T,
        "N": N,
        "D": draw(st.integers(1, 5)),
        "H": draw(st.integers(1, 6)),
        "scale": 0.7,
        "lengths": draw(st.lists(st.integers(1, T), min_size=N, max_size=N)),
        "seed": draw(st.integers(0, 2**32 - 1)),
    }
    return make_run(kind, option, **sizes)


class Loss:
    """Random weights on the h of every step and on the final state: a loss that sees everything."""

    def __init__(self, run: Run) -> None:
        rng = np.random.default_rng(0)
        self.run = run
        T, N, _ = run.x.shape
        H = run.cell.W.shape[1]
        self.d_h: Array = rng.normal(size=(T, N, H))
        self.d_last: dict[str, Array] = {name: rng.normal(size=(N, H)) for name in run.state}

    def unroll(self, **changed: Array) -> tracer.Trace:
        """The run with some of its weights, inputs or initial states changed."""
        run = self.run
        weights: Any = {name: array for name, array in changed.items() if name in {"U", "W", "a"}}
        start: Any = {
            f"{name}_0": changed.get(f"{name}_0", state) for name, state in run.state.items()
        }
        return tracer.unroll(
            replace(run.cell, **weights), changed.get("x", run.x), lengths=run.lengths, **start
        )

    def __call__(self, **changed: Array) -> float:
        """The loss."""
        trace = self.unroll(**changed)
        final = sum(float((trace[name][-1] * d).sum()) for name, d in self.d_last.items())
        return float((trace["h"] * self.d_h).sum()) + final

    def backprop(self, **options: Any) -> tracer.Trace:
        """Its gradients."""
        last: Any = {f"d_{name}_last": d for name, d in self.d_last.items()}
        return tracer.backprop(self.unroll(), self.d_h, **last, **options)


def slope(f: Callable[[float], float]) -> float:
    """The derivative at 0 by central differences of the fourth order."""
    e = 3e-4
    return (8 * (f(e) - f(-e)) - (f(2 * e) - f(-2 * e))) / (12 * e)


@settings(max_examples=100)
@given(smooth_runs(), st.sampled_from(["cpu", "reference"]))
def test_gradients_are_the_slopes_of_the_loss(run: Run, device: str) -> None:
    """Every weight, input and initial state, along a random direction, to 1e-7 of its size."""
    loss = Loss(run)
    back = loss.backprop(device=device)
    rng = np.random.default_rng(1)
    given = {"x": run.x, **{name: getattr(run.cell, name) for name in ("U", "W", "a")}}
    given |= run.start

    for name, array in given.items():
        v = rng.normal(size=array.shape)

        def along(e: float, name: str = name, array: Array = array, v: Array = v) -> float:
            return loss(**{name: array + e * v})

        measured = slope(along)
        size = float(np.linalg.norm(back[f"d_{name}"]) * np.linalg.norm(v))
        assert (back[f"d_{name}"] * v).sum() == pytest.approx(measured, abs=1e-7 * size + 1e-10)


@pytest.mark.parametrize(("kind", "option"), [("rnn", "relu"), ("lstm", "hard-sigmoid")])
def test_gradients_of_cells_with_corners(kind: str, option: str) -> None:
    """Away from the corners, where a derivative exists, it is the right one."""
    loss = Loss(make_run(kind, option, scale=0.5, seed=3))
    back, v = loss.backprop(), np.random.default_rng(1).normal(size=loss.run.cell.W.shape)

    e = 1e-7
    measured = (loss(W=loss.run.cell.W + e * v) - loss(W=loss.run.cell.W - e * v)) / (2 * e)

    assert (back["d_W"] * v).sum() == pytest.approx(measured, rel=1e-6)


@settings(max_examples=100)
@given(smooth_runs([*SMOOTH, ("lstm", "hard"), ("lstm", "hard-sigmoid"), ("rnn", "relu")]))
def test_every_gradient_obeys_its_equation(run: Run) -> None:
    """Each number that the kernel records is the equation of the list, fed with its own numbers."""
    back = Loss(run).backprop()
    steps = np.arange(back.T)[:, np.newaxis]

    for q in back.equations.backward:
        if q.equation:
            # What comes from the next step is given from outside at the last one.
            there = steps < back.lengths - (1 if q.name.endswith("_from_next") else 0)
            wanted = evaluate(run.cell, q.expression, back.last)
            np.testing.assert_allclose(
                back[q.name][there], wanted[there], rtol=1e-9, atol=1e-12, err_msg=q.name
            )


@settings(max_examples=50)
@given(smooth_runs([*SMOOTH, ("lstm", "hard"), ("lstm", "hard-sigmoid"), ("rnn", "relu")]))
def test_both_devices_agree(run: Run) -> None:
    """The compiled loops and the textbook, every gradient, with and without a window."""
    for window in (None, 2):
        got = Loss(run).backprop(per_step=True, window=window)
        textbook = Loss(run).backprop(per_step=True, window=window, device="reference")

        assert got.names == textbook.names
        for name in got.last.gradients:
            np.testing.assert_allclose(got[name], textbook[name], rtol=1e-9, atol=1e-11)


@settings(max_examples=50)
@given(smooth_runs())
def test_the_shares_of_all_steps_add_up_to_the_total(run: Run) -> None:
    """The weights are shared by all steps, so their gradient is a sum over steps."""
    back = Loss(run).backprop(per_step=True)

    for name in ("U", "W", "a"):
        shares, whole = back[f"d_{name}_per_step"], back[f"d_{name}"]
        assert back.dims(f"d_{name}_per_step")[0] == "step"
        np.testing.assert_allclose(shares.sum(axis=0), whole, rtol=1e-12, atol=1e-12)


@settings(max_examples=60)
@given(smooth_runs(), st.integers(1, 4), st.sampled_from(["cpu", "reference"]))
def test_a_window_cuts_the_sentence_for_the_gradient(run: Run, window: int, device: str) -> None:
    """Truncated: the same as running backward through each window of each sentence alone."""
    loss = Loss(run)
    truncated = loss.backprop(window=window, device=device)
    for n, length in enumerate(run.lengths):
        # What stands on the padding, and after it, belongs to the last real step.
        d_h = loss.d_h[:length, n].copy()
        d_h[-1] += loss.d_h[length:, n].sum(axis=0)
        sentence = loss.unroll().sel(batch=slice(n, n + 1), step=slice(0, length))
        for start in range(0, length, window):
            piece = sentence.sel(step=slice(start, start + window))
            last: Any = {f"d_{name}_last": d[n] for name, d in loss.d_last.items()}
            given = last if start + window >= length else {}
            alone = tracer.backprop(piece, d_h[start : start + window], device=device, **given)
            for name in ("d_h", "d_x"):
                np.testing.assert_allclose(
                    truncated[name][start : min(start + window, length - 1), n],
                    alone[name][: length - 1 - start, 0],
                    rtol=1e-9,
                    atol=1e-12,
                )
            np.testing.assert_allclose(
                truncated["d_x"][start : start + window, n][: length - start],
                alone["d_x"][:, 0],
                rtol=1e-9,
                atol=1e-12,
            )


@pytest.mark.parametrize("device", ["cpu", "reference"])
def test_what_stands_in_the_padding_reaches_no_gradient(device: str) -> None:
    """A NaN past a sentence's length is not part of it, forward or backward."""
    run = make_run("lstm", "sigmoid", lengths=[5, 2, 4])
    d_h = np.ones((5, 3, 7))
    clean = tracer.backprop(tracer.unroll(run.cell, run.x, lengths=run.lengths), d_h)
    run.x[2:, 1] = np.nan

    dirty = tracer.backprop(
        tracer.unroll(run.cell, run.x, lengths=run.lengths, device=device), d_h, device=device
    )

    for name in ("d_U", "d_W", "d_a", "d_x", "d_h"):
        np.testing.assert_allclose(dirty[name], clean[name], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("level", LEVELS)
def test_any_level_can_be_run_backward(level: str) -> None:
    """What a lean trace left out is rebuilt first."""
    run = make_run("lstm", "sigmoid", lengths=[5, 2, 4])
    full = tracer.unroll(run.cell, run.x, lengths=run.lengths)
    lean = tracer.unroll(run.cell, run.x, lengths=run.lengths, level=level)
    d_h = np.ones((5, 3, 7))

    np.testing.assert_array_equal(
        tracer.backprop(lean, d_h)["d_W"], tracer.backprop(full, d_h)["d_W"]
    )


def test_backward_reads_the_state_that_the_layer_has_now() -> None:
    """Exchanged in place after the run: the kernels do not go back over the one before."""
    run = make_run("lstm", "sigmoid")
    changed, made = (tracer.unroll(run.cell, run.x) for _ in range(2))
    d_h, other = np.ones((5, 3, 7)), dict(changed.last.initial, c=np.full((3, 7), 0.5))
    cast("dict[str, Array]", changed.last.initial)["c"] = other["c"]

    got = tracer.backprop(changed, d_h)

    new = replace(made, layers=(replace(made.last, initial=other),))
    expected = tracer.backprop(new, d_h, device="reference")
    np.testing.assert_allclose(got["d_z_f"], expected["d_z_f"], rtol=1e-9, atol=1e-12)
    assert not np.array_equal(got["d_z_f"], tracer.backprop(made, d_h)["d_z_f"])


@pytest.mark.parametrize("device", ["cpu", "reference"])
@pytest.mark.parametrize("level", LEVELS)
def test_an_exchanged_state_is_read_by_its_name_at_any_level(level: str, device: str) -> None:
    """What the trace left out still belongs to the run, however the new state is ordered.

    Only h_prev and c_prev of the first step are others: d_z_i there reads neither, d_z_f and d_W
    read one each.
    """
    run = make_run("lstm", "sigmoid")
    state = {"h": np.full((3, 7), 0.25), "c": np.full((3, 7), -0.5)}
    full = tracer.unroll(run.cell, run.x, h_0=state["h"], c_0=state["c"])
    lean = tracer.unroll(run.cell, run.x, h_0=state["h"], c_0=state["c"], level=level)
    before = lean.last.initial
    exchanged = {"c": before["h"], "h": before["c"]}
    d_h = np.ones((5, 3, 7))

    new = replace(lean, layers=(replace(lean.last, initial=exchanged),))
    got, unchanged = (tracer.backprop(trace, d_h, device=device) for trace in (new, lean))

    np.testing.assert_array_equal(new["tanh_c"], full["tanh_c"])
    np.testing.assert_array_equal(new["h_prev"][0], state["c"])
    expected = tracer.backprop(full, d_h)
    np.testing.assert_allclose(unchanged["d_z_f"], expected["d_z_f"], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(got["d_z_i"], expected["d_z_i"], rtol=1e-9, atol=1e-12)
    first = expected["d_z_f"][0] * state["h"] / state["c"]  # d_z_f is d_c * c_prev * f'
    np.testing.assert_allclose(got["d_z_f"][0], first, rtol=1e-9, atol=1e-12)
    d_z = np.concatenate([got[f"d_z_{gate}"] for gate in "ifgo"], axis=2)
    h_prev = np.concatenate([state["c"][np.newaxis], full["h"][:-1]])
    np.testing.assert_allclose(
        got["d_W"], np.einsum("tnj,tnk->jk", d_z, h_prev), rtol=1e-9, atol=1e-12
    )


def test_a_gradient_past_the_end_belongs_to_the_last_real_step() -> None:
    """There h only stands still, so the loss on it is a loss on the last real h."""
    run = make_run("lstm", "sigmoid", lengths=[5, 2, 4])
    trace = tracer.unroll(run.cell, run.x, lengths=run.lengths)
    late, early = np.zeros((5, 3, 7)), np.zeros((5, 3, 7))
    late[4, 1] = early[1, 1] = 1

    np.testing.assert_array_equal(
        tracer.backprop(trace, late)["d_U"], tracer.backprop(trace, early)["d_U"]
    )


@pytest.mark.parametrize(("kind", "option"), KINDS_AND_OPTIONS)
def test_hard_switches_are_named_as_straight_through(kind: str, option: str) -> None:
    """Their gradient is not their own slope, and the trace says so."""
    run = make_run(kind, option)
    trace = tracer.unroll(run.cell, run.x)

    assert not trace.straight_through
    assert tracer.backprop(trace, np.ones((5, 3, 7))).straight_through == (option == "hard")


def test_the_gradients_of_a_sentence() -> None:
    """From the loss of a model: its head too, by finite differences on the bias of the head."""
    model = make_model()
    trace = model.trace("you are bad", target="insult", backward=True)
    assert trace.names[-3:] == ("d_U", "d_W", "d_a")

    def loss(e: float) -> float:
        head = tracer.Head(model.head.V, model.head.b + np.array([e, 0]))
        return total(replace(model, head=head).trace("you are bad", target="insult")["loss"])

    assert trace["d_b"][0] == pytest.approx(slope(loss))
    np.testing.assert_allclose(trace["d_h_from_loss"], trace["d_logits"] @ model.head.V)
    assert (trace["d_logits"][:2] == 0).all()  # classifying counts the last word only


def test_a_batch_has_the_mean_of_its_sentences_gradients() -> None:
    """Sum over steps, mean over the batch: the reduction that traces name."""
    model = make_model("tag")
    sentences, targets = ["you are", "bad"], [["praise", "insult"], ["insult"]]
    batch = model.trace(sentences, target=targets, backward=True)
    alone = [
        model.trace(sentence, target=target, backward=True)
        for sentence, target in zip(sentences, targets, strict=True)
    ]

    np.testing.assert_allclose(batch["d_W"], (alone[0]["d_W"] + alone[1]["d_W"]) / 2, atol=1e-12)


def test_a_backward_trace_survives_its_file_and_can_be_compared(tmp_path: Any) -> None:
    """Gradients are saved, opened, cut and compared like every other quantity."""
    trace = make_model().trace("you are bad", target="insult", backward=True, window=2)
    tracer.save(trace, tmp_path / "t.safetensors")
    again = tracer.open(tmp_path / "t.safetensors")

    assert again.names == trace.names
    for name in trace.names:
        np.testing.assert_array_equal(again[name], trace[name])
    assert tracer.compare(again, trace) is None
    assert again.last.window == 2
    assert again.at(1)["d_f"].shape == (1, 7)
    assert "d_U" not in again.at(1)  # a sum over all steps is not about one


@settings(max_examples=50)
@given(st.data())
def test_one_wrong_gradient_is_found_where_the_backward_pass_meets_it(data: st.DataObject) -> None:
    """The last step is computed first; what follows from a wrong number is a consequence."""
    right = Loss(make_run("lstm", "sigmoid", T=6, N=2)).backprop()
    steps = [n for n in right.last.gradients if right.dims(n) == ("step", "batch", "unit")]
    name = data.draw(st.sampled_from(steps))
    wrong = right[name].copy()
    wrong[:4, 1, 2] += 0.5  # at four steps: step 3 is the first to be computed
    layer = replace(right.last, gradients={**right.last.gradients, name: wrong})

    d = tracer.compare(replace(right, layers=(layer,)), right)

    assert d is not None
    assert (d.step, d.batch, d.quantity, d.unit) == (3, 1, name, 2)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"d_h": np.ones((5, 3, 8))}, "d_h has shape (5, 3, 8); expected (T, N, H) = (5, 3, 7)"),
        ({"d_h": np.ones((5, 3, 7), "f4")}, "d_h has dtype float32 and the trace float64"),
        ({"d_h_last": np.ones((2, 7))}, "d_h_last has shape (2, 7); expected (N, H) = (3, 7)"),
        ({"d_c_last": np.ones((3, 7))}, "d_c_last was given, but an RNN has no c"),
        ({"window": 0}, "window is 0; expected a whole number of steps, 1 or more"),
        ({"window": 2.5}, "window is 2.5; expected a whole number of steps, 1 or more"),
        ({"device": "tpu"}, "there is no device 'tpu'"),
        ({"device": []}, "there is no device '[]'"),
    ],
)
def test_what_does_not_fit_is_named(change: dict[str, Any], message: str) -> None:
    """The thing, what came, and what was wanted."""
    run = make_run("rnn", "tanh")
    trace = tracer.unroll(run.cell, run.x)

    with pytest.raises(tracer.TracerError) as error:
        tracer.backprop(trace, **{"d_h": np.ones((5, 3, 7)), **change})

    assert message in str(error.value)


def test_another_loss_forgets_the_gradients_of_the_head() -> None:
    """They belong to the loss of the model, not to the one given."""
    trace = make_model().trace("you are bad", target="insult", backward=True)

    again = tracer.backprop(trace, np.ones((3, 1, 7)))

    assert "d_logits" in trace
    assert "d_logits" not in again


def test_the_shares_of_the_heads_gradient_add_up() -> None:
    """V and b too are shared by all steps."""
    trace = make_model("tag").trace(
        "you are", target=["praise", "insult"], backward=True, per_step=True
    )

    for name in ("d_V", "d_b"):
        np.testing.assert_allclose(trace[f"{name}_per_step"].sum(axis=0), trace[name])


def test_running_backward_needs_a_target() -> None:
    """There is no loss without one."""
    with pytest.raises(tracer.InputError, match="needs a target"):
        make_model().trace("you", backward=True)
