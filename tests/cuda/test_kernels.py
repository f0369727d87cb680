"""The kernels for a card are the textbook, forward and backward, whichever of them is taken."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tracer
from tests.core.conftest import KINDS_AND_OPTIONS, Run, make_run
from tests.core.test_kernels import obeys_its_equations
from tests.cuda.conftest import KERNELS, back, small_runs, taken, unrolled
from tracer.cells.activations import Array
from tracer.equations import LEVELS
from tracer.kernels.cuda import device

CONTINUOUS = [(kind, option) for kind, option in KINDS_AND_OPTIONS if option != "hard"]


def close(got: tracer.Trace, wanted: tracer.Trace) -> None:
    """Fail where two traces are further apart than rounding makes them."""
    tolerance = 1e-3 if got.dtype == np.float32 else 1e-11
    assert got.names == wanted.names
    for name in wanted.names:
        scale = np.abs(wanted[name]).max() + 1
        np.testing.assert_allclose(
            got[name], wanted[name], rtol=0, atol=tolerance * scale, err_msg=name
        )


def same(got: tracer.Trace, wanted: tracer.Trace) -> None:
    """Fail where two traces are not the same to the bit."""
    assert got.names == wanted.names
    for name in wanted.names:
        np.testing.assert_array_equal(got[name], wanted[name], err_msg=name)


@pytest.mark.parametrize("kernel", KERNELS)
@settings(max_examples=12)
@given(run=small_runs())
def test_every_recorded_number_obeys_its_equation(kernel: str, run: Run) -> None:
    """Each number equals its equation, fed with the kernel's own numbers."""
    with taken(kernel):
        obeys_its_equations(run, unrolled(run))


@pytest.mark.parametrize("kernel", KERNELS)
@settings(max_examples=10)
@given(run=small_runs(), window=st.sampled_from([None, 1, 2]), per_step=st.booleans())
def test_every_gradient_is_that_of_the_textbook(
    kernel: str, run: Run, window: int | None, per_step: bool
) -> None:
    """Backward through the same numbers, with and without a window."""
    trace = unrolled(run, "reference")

    with taken(kernel):
        got = back(trace, window=window, per_step=per_step)

    close(got, back(trace, "reference", window=window, per_step=per_step))


@pytest.mark.parametrize(("kind", "option"), CONTINUOUS)
def test_forward_and_backward_on_the_card(kind: str, option: str) -> None:
    """What forward left on the card, backward finds there; the results are the textbook's."""
    run = make_run(kind, option, T=3, N=2, D=2, H=3, lengths=[3, 2])

    close(back(unrolled(run)), back(unrolled(run, "reference"), "reference"))


def test_backward_reads_the_state_that_the_layer_has_now() -> None:
    """The numbers on the card begin with the state of the run; another one is not passed over."""
    trace = unrolled(make_run("lstm", "sigmoid", T=3, N=2, D=2, H=3))
    other = {name: np.full((2, 3), 0.5) for name in trace.last.initial}
    begun = replace(trace, layers=(replace(trace.last, initial=other),))

    close(back(begun), back(begun, "reference"))
    assert not np.array_equal(back(begun)["d_W"], back(trace)["d_W"])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("kind", ["lstm", "rnn"])
def test_both_kernels_give_the_same_bits(kind: str, dtype: str) -> None:
    """And so does a sequence alone or in a batch: which kernel ran cannot be seen in a trace."""
    run = make_run(
        kind, {"lstm": "sigmoid", "rnn": "tanh"}[kind],
        T=3, N=5, D=3, H=5, dtype=dtype, lengths=[3, 1, 2, 3, 2],
    )  # fmt: skip
    with taken("tile"):
        tile = back(unrolled(run))
        state = {name: before[2:3] for name, before in run.state.items()}
        alone = unrolled(Run(run.cell, run.x[:, 2:3], state, [2]))
    with taken("grid"):
        grid = back(unrolled(run))

    same(grid, tile)
    for name in alone.names:
        np.testing.assert_array_equal(alone[name][:, 0], tile[name][:, 2], err_msg=name)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("kind", ["lstm", "rnn"])
def test_the_gradient_is_the_slope_of_the_loss(kind: str, kernel: str) -> None:
    """Each weight moved a little: the loss changes as d_W says."""
    run = make_run(kind, {"lstm": "sigmoid", "rnn": "tanh"}[kind], T=3, N=2, D=2, H=2)

    def loss(W: Array) -> float:
        cell = type(run.cell)(run.cell.U, W, run.cell.a)
        return float(unrolled(replace(run, cell=cell), "reference")["h"].sum())

    with taken(kernel):
        d_W = tracer.backprop(unrolled(run), np.ones((3, 2, 2)), device="cuda")["d_W"]

    step = 1e-6
    for place in np.ndindex(d_W.shape):
        moved = np.zeros_like(run.cell.W)
        moved[place] = step
        slope = (loss(run.cell.W + moved) - loss(run.cell.W - moved)) / (2 * step)
        assert slope == pytest.approx(d_W[place], rel=1e-5, abs=1e-8)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("kind", ["lstm", "rnn"])
def test_past_its_length_a_sequence_stands_still(kind: str, kernel: str) -> None:
    """The state stays what it was at the last real step; everything else is zero."""
    option = {"lstm": "sigmoid", "rnn": "tanh"}[kind]
    run = make_run(kind, option, T=4, N=2, D=2, H=3, lengths=[4, 2])
    with taken(kernel):
        trace = back(unrolled(run))

    for name in trace.equations.state:
        assert (trace[name][2:, 1] == trace[name][1, 1]).all()
    for name in {"z", "z_f", "i", "tanh_c", "d_o", "d_z", "d_z_g", "d_x"} & set(trace.names):
        assert (trace[name][2:, 1] == 0).all(), name


@pytest.mark.parametrize("kernel", KERNELS)
@settings(max_examples=4)
@given(run=small_runs(), level=st.sampled_from(LEVELS), data=st.data())
def test_what_a_level_left_out_is_rebuilt_to_the_bit(
    kernel: str, run: Run, level: str, data: st.DataObject
) -> None:
    """A lean trace, and any part of one, gives the very same numbers as the full one."""
    with taken(kernel):
        full, lean = unrolled(run), unrolled(run, level=level)
        start = data.draw(st.integers(0, full.T - 1))
        part = slice(start, data.draw(st.integers(start + 1, full.T)))

        for name in full.names:
            np.testing.assert_array_equal(lean[name], full[name], err_msg=name)
            np.testing.assert_array_equal(lean.sel(step=part)[name], full[name][part])


def test_a_lean_trace_is_computed_some_steps_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it does not keep has room for a few steps only, and that is not seen."""
    run = make_run("lstm", "sigmoid", T=5, N=2, D=2, H=2, lengths=[5, 3])
    whole = unrolled(run, level="states")

    monkeypatch.setattr(device, "SCRATCH", 2 * 2 * 8)  # two steps of two sequences
    in_parts = unrolled(run, level="states")

    np.testing.assert_array_equal(in_parts["h"], whole["h"])
    np.testing.assert_array_equal(in_parts["c"], whole["c"])


@settings(max_examples=6)
@given(run=small_runs())
def test_the_shares_of_a_sum_add_up_to_the_bit(run: Run) -> None:
    """A sum z is just what came from the word, from the memory and from the bias."""
    trace = unrolled(run)
    for z in (name for name in trace.names if name.startswith("z") and "from" not in name):
        shares = trace[f"{z}_from_x"] + trace[f"{z}_from_h"] + trace[f"{z}_from_a"]
        np.testing.assert_array_equal(shares, trace[z])


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize(("kind", "option"), KINDS_AND_OPTIONS)
def test_nan_and_inf_come_out_where_the_textbook_has_them(
    kind: str, option: str, value: float, kernel: str
) -> None:
    """They are no error, and reach only their own sequence, forward and backward."""
    run = make_run(kind, option, T=2, N=2, D=2, H=2)
    run.x[1, 0, 0] = value

    with taken(kernel):
        trace = back(unrolled(run))
    textbook = back(unrolled(run, "reference"), "reference")

    assert np.isfinite(trace["h"][0]).all()
    assert np.isfinite(trace["h"][:, 1]).all()
    for name in trace.names:
        np.testing.assert_array_equal(np.isnan(trace[name]), np.isnan(textbook[name]), name)
        np.testing.assert_array_equal(np.isinf(trace[name]), np.isinf(textbook[name]), name)
