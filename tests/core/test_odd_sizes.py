"""The compiled kernels give the same bits whatever the sizes, the memory and the threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import config

import tracer
from tests.core.conftest import Run, make_run, unroll
from tracer.cells.activations import Array
from tracer.kernels.cpu import shares

SIZES = st.integers(1, 67)


@st.composite
def odd_runs(draw: st.DrawFn) -> Run:
    """Sentences of different lengths, of sizes that fill no vector and no tile."""
    kind, option = draw(st.sampled_from([("lstm", "sigmoid"), ("rnn", "tanh")]))
    T, N = draw(st.integers(1, 4)), draw(SIZES)
    lengths = draw(st.lists(st.integers(1, T), min_size=N, max_size=N))
    return make_run(
        kind, option, T=T, N=N, D=draw(SIZES), H=draw(SIZES), lengths=lengths, scale=0.3,
        dtype=draw(st.sampled_from(["float32", "float64"])), seed=draw(st.integers(0, 99)),
    )  # fmt: skip


@contextmanager
def threads(count: int) -> Iterator[None]:
    """So many threads, however small the work."""
    with patch.object(config, "NUMBA_NUM_THREADS", count), patch.object(shares, "WORTH", 1):
        yield


def gradients(run: Run) -> tracer.Trace:
    """Forward and backward."""
    trace = unroll(run)
    d_h = np.cos(np.arange(trace["h"].size)).reshape(trace["h"].shape)
    return tracer.backprop(trace, d_h.astype(trace.dtype))


def assert_same(got: tracer.Trace, wanted: tracer.Trace) -> None:
    """Every number, to the bit."""
    for name in wanted.names:
        np.testing.assert_array_equal(got[name], wanted[name], err_msg=name)


@settings(max_examples=40, deadline=None)
@given(run=odd_runs(), count=st.integers(2, 4))
def test_any_number_of_threads(run: Run, count: int) -> None:
    """One thread or up to four."""
    with threads(1):
        alone = gradients(run)
    with threads(count):
        together = gradients(run)

    assert_same(together, alone)


@settings(max_examples=40, deadline=None)
@given(run=odd_runs(), data=st.data())
def test_alone_or_in_a_batch(run: Run, data: st.DataObject) -> None:
    """Forward, a sentence has the numbers that it has alone."""
    n = data.draw(st.integers(0, run.x.shape[1] - 1))
    first: dict[str, Any] = {name: state[n : n + 1] for name, state in run.start.items()}
    batch = unroll(run)

    alone = tracer.unroll(run.cell, run.x[:, n : n + 1], lengths=run.lengths[n : n + 1], **first)

    for name in alone.names:
        np.testing.assert_array_equal(alone[name][:, 0], batch[name][:, n], err_msg=name)


def a_byte_later(array: Array) -> Array:
    """The same numbers where the processor would not put them."""
    moved = np.ndarray(array.shape, array.dtype, np.empty(array.nbytes + 1, np.uint8), offset=1)
    moved[...] = array
    return moved


def every_other(array: Array) -> Array:
    """The same numbers, with others between them and the last ones first."""
    wide = np.full([2 * size for size in array.shape], np.nan, array.dtype)
    part = wide[tuple(slice(None, None, -2) for _ in array.shape)]
    part[...] = array
    return part


@settings(max_examples=40, deadline=None)
@given(run=odd_runs(), laid=st.sampled_from([a_byte_later, every_other, np.asfortranarray]))
def test_however_the_arrays_lie_in_memory(run: Run, laid: Callable[[Array], Array]) -> None:
    """Unaligned, strided or column by column: the words, the states and the weights."""
    cell = type(run.cell)(laid(run.cell.U), laid(run.cell.W), laid(run.cell.a))
    state = {name: laid(state) for name, state in run.state.items()}

    got = gradients(Run(cell, laid(run.x), state, run.lengths))

    assert_same(got, gradients(run))
