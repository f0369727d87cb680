"""The way back of a gradient: against finite differences, against NumPy, and by its bounds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tracer
from tests.view.traces import WORDS, lstm_cell, made_model, rnn_cell
from tracer.cells import Cell
from tracer.cells.output import cross_entropy
from tracer.errors import InputError, UnknownNameError
from tracer.model.gradientflow import (
    GradientFlow,
    after,
    gradient_flow,
    in_float64,
    largest_singular,
    norms,
    products_after,
    share_of_last,
    step_jacobians,
)

SENTENCE = " ".join(WORDS)


def flow_of(cell: Cell, target: str | None = None) -> GradientFlow:
    """The way back through the article's sentence."""
    return gradient_flow(made_model(cell), SENTENCE, target)


def loss_from(flow: GradientFlow, t: int, h: np.ndarray, c: np.ndarray | None) -> float:
    """The last word's loss when the network goes on after step t from that state."""
    trace = flow.trace
    if t + 1 < trace.T:
        rest = tracer.unroll(trace.cell, trace["x"][t + 1 :], h_0=h[np.newaxis], c_0=c)
        h = rest["h"][-1, 0]
    assert trace.head is not None
    assert trace.target is not None
    logits = trace.head.V @ h + trace.head.b
    return float(cross_entropy(logits, trace.target[-1, 0]))


@pytest.mark.parametrize("cell", [rnn_cell(), rnn_cell(seed=4), lstm_cell(), lstm_cell(seed=7)])
def test_sizes_of_d_h_against_finite_differences(cell: Cell) -> None:
    """Move each unit of h_t a little, run the rest of the sentence, and see the loss move."""
    flow = flow_of(cell)
    e = 1e-5
    for t in range(len(WORDS)):
        h = flow.trace["h"][t, 0]
        c = flow.trace["c"][t] if "c" in flow.trace.names else None
        slopes = [
            (loss_from(flow, t, h + e * unit, c) - loss_from(flow, t, h - e * unit, c)) / (2 * e)
            for unit in np.eye(len(h))
        ]

        assert flow.d_h[t] == pytest.approx(np.linalg.norm(slopes), rel=1e-6, abs=1e-11)


@pytest.mark.parametrize("f", ["tanh", "sigmoid", "identity", "relu"])
def test_step_jacobian_against_finite_differences(f: str) -> None:
    """∂h_t/∂h_(t-1) = diag(f'(z_t)) W, and its largest singular value as NumPy's 2-norm."""
    cell = replace(rnn_cell(), f=f)
    flow = flow_of(cell)
    trace, e = flow.trace, 1e-6
    jacobians = step_jacobians(trace)
    assert flow.step is not None
    for t in range(trace.T):
        x, h_prev = trace["x"][t], trace["h_prev"][t]
        columns = [
            (cell.step(x, h_prev + e * unit)["h"] - cell.step(x, h_prev - e * unit)["h"])[0]
            for unit in np.eye(trace.H)
        ]

        np.testing.assert_allclose(jacobians[t], np.transpose(columns) / (2 * e), atol=1e-8)
        assert flow.step[t] == pytest.approx(np.linalg.norm(jacobians[t], 2))


def test_reach_is_the_norm_of_the_jacobians_product() -> None:
    """∂h_T/∂h_t is the product of the later steps' Jacobians, the last one first."""
    flow = flow_of(rnn_cell())
    jacobians = step_jacobians(flow.trace)
    assert flow.reach is not None

    assert flow.reach[-1] == 1
    for t in range(len(WORDS) - 1):
        product = np.linalg.multi_dot([np.eye(8), *jacobians[:t:-1]])
        assert flow.reach[t] == pytest.approx(np.linalg.norm(product, 2))
    d_h = flow.trace["d_h"][:, 0]
    np.testing.assert_allclose(d_h, d_h[-1] @ products_after(jacobians), rtol=1e-10)


@settings(max_examples=60)
@given(seed=st.integers(0, 10_000), scale=st.floats(0.01, 3.0), H=st.integers(1, 12))
def test_no_gradient_is_larger_than_its_bounds(seed: int, scale: float, H: int) -> None:
    """``‖d_h_t‖ <= reach · ‖d_h_T‖ <= bound · ‖d_h_T‖``, whatever the weights."""
    flow = flow_of(rnn_cell(H=H, seed=seed, scale=scale))
    assert flow.reach is not None
    assert flow.bound is not None

    assert (flow.d_h <= flow.reach * flow.d_h[-1] * (1 + 1e-9)).all()
    assert (flow.reach <= flow.bound * (1 + 1e-9)).all()


def test_kept_is_what_comes_back_along_the_memory_alone() -> None:
    """Without W the memory is the only way back, so d_c_t = f_(t+1) · … · f_T · d_c_T exactly."""
    cell = replace(lstm_cell(), W=np.zeros((32, 8)))
    flow = flow_of(cell)
    d_c, f = flow.trace["d_c"][:, 0], flow.trace["f"][:, 0]
    assert flow.kept is not None
    assert flow.forget is not None

    shares = d_c / d_c[-1]

    np.testing.assert_allclose(flow.kept, shares.mean(axis=1), rtol=1e-12)
    np.testing.assert_allclose(flow.forget, f.mean(axis=1))


def test_only_the_last_word_counts_whatever_the_task() -> None:
    """A tagger has a loss at every word; here one sees how far back the last one's reaches."""
    model = made_model(rnn_cell(), task="tag")

    flow = gradient_flow(model, SENTENCE)

    from_loss = flow.trace["d_h_from_loss"][:, 0]
    assert not from_loss[:-1].any()
    assert from_loss[-1].any()
    assert flow.own


def test_the_target() -> None:
    """The network's own answer unless a label is named; one that does not exist is told."""
    own = flow_of(lstm_cell())
    other = flow_of(lstm_cell(), {"praise": "insult", "insult": "praise"}[own.target])

    assert own.own
    assert not other.own
    np.testing.assert_allclose(own.share, other.share)  # with two classes both point the same way
    with pytest.raises(UnknownNameError, match="there is no label 'prase'; did you mean 'praise'"):
        flow_of(lstm_cell(), "prase")


def test_a_float32_network_runs_in_float64() -> None:
    """So that what vanishes does so by the equations and not by rounding."""
    cell = rnn_cell()
    narrow = replace(cell, **{name: getattr(cell, name).astype(np.float32) for name in "UWa"})
    model = made_model(cell)
    model = replace(
        model, layers=(tracer.Layer(narrow),),
        encoder=replace(model.encoder, table=model.encoder.table.astype(np.float32)),
        head=tracer.Head(*(part.astype(np.float32) for part in model.head)),
    )  # fmt: skip

    assert gradient_flow(model, SENTENCE).d_h.dtype == np.float64
    assert in_float64(model).cell.W.dtype == np.float64


def test_an_lstm_has_no_jacobian_of_h_alone() -> None:
    """Its memory c goes from step to step too."""
    flow = flow_of(lstm_cell())

    assert (flow.step, flow.bound, flow.reach) == (None, None, None)
    with pytest.raises(InputError, match="an LSTM passes more than h to the next step"):
        step_jacobians(flow.trace)


def test_sizes_at_the_ends_of_the_numbers() -> None:
    """Squares that would vanish or overflow do not; what is broken stays broken."""
    rows = np.array([[3e-200, 4e-200], [3e200, 4e200], [0, 0], [np.inf, 1], [np.nan, 1]])

    np.testing.assert_allclose(norms(rows), [5e-200, 5e200, 0, np.inf, np.nan])
    assert np.isnan(share_of_last(np.array([1.0, 0.0]))).all()
    np.testing.assert_allclose(after(np.array([2.0, 3.0, 5.0])), [15, 5, 1])
    np.testing.assert_array_equal(
        largest_singular(np.array([[[np.nan, 0], [0, 0]], [[0, 2], [1, 0]]])), [np.nan, 2]
    )
