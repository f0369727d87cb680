"""The compiled kernels are the textbook: equation by equation, and over whole sequences."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tracer
from tests.core.conftest import KINDS_AND_OPTIONS, Run, make_run, runs, unroll
from tests.jit import outputs
from tracer.cells.evaluation import block, evaluate, size
from tracer.equations import LEVELS
from tracer.equations.expression import Binary
from tracer.kernels.cpu.cells import compiled_cell

ULPS = 8
"""How far a kernel may be from an equation, in units in the last place of the equation's terms.

NumPy's own vectorised float32 exp and tanh are up to 4 off the exact value; ours take part too.
"""


@settings(max_examples=1000)
@given(runs())
def test_every_recorded_number_obeys_its_equation(run: Run) -> None:
    """1,000 random runs: each number equals its equation, fed with the kernel's own numbers."""
    obeys_its_equations(run, unroll(run))


def obeys_its_equations(run: Run, trace: tracer.Trace) -> None:
    """Fail at the first number of a trace that is not what its equation says."""
    steps = np.arange(trace.T)[:, np.newaxis]
    real = steps < trace.lengths

    for quantity in trace.equations:
        if quantity.equation:
            wanted = evaluate(run.cell, quantity.expression, trace.last)
            scale = size(run.cell, quantity.expression, trace.last)
            if isinstance(quantity.expression, Binary) and quantity.expression.sign == "@":
                scale *= _terms(run, quantity.expression)  # each of them is rounded
            parted = np.abs(trace[quantity.name] - wanted) > ULPS * np.spacing(scale)
            assert not parted[real].any(), quantity.name


def _terms(run: Run, product: Binary) -> int:
    """How many products of two numbers a matrix product adds up."""
    (weights,) = (block(run.cell, name) for name in product.right.reads)
    assert weights is not None
    return int(weights.shape[1])


@settings(max_examples=200)
@given(runs())
def test_whole_sequences_agree_with_the_textbook_loop(run: Run) -> None:
    """Over a whole sequence errors may add up, but only rounding errors."""
    if getattr(run.cell, "gate", "") == "hard" or getattr(run.cell, "f", "") in {
        "relu",
        "identity",
    }:
        return  # a step, or growth without bound, makes a rounding error as large as one likes
    got, expected = unroll(run), unroll(run, device="reference")
    tolerance = 1e-2 if got.dtype == np.float32 else 1e-10

    assert got.names == expected.names
    for name in got.names:
        scale = np.abs(expected[name]).max() + 1
        np.testing.assert_allclose(got[name], expected[name], rtol=0, atol=tolerance * scale)


@pytest.mark.parametrize("device", ["cpu", "reference"])
@pytest.mark.parametrize(("kind", "option"), KINDS_AND_OPTIONS)
def test_past_its_length_a_sequence_stands_still(kind: str, option: str, device: str) -> None:
    """The state stays what it was at the last real step; everything else is zero."""
    run = make_run(kind, option, T=6, N=3, lengths=[6, 2, 4])

    trace = unroll(run, device)

    for name in trace.names:
        if name in trace.equations.state:
            assert (trace[name][2:, 1] == trace[name][1, 1]).all()
        elif name not in {"x", "h_prev", "c_prev"}:
            assert (trace[name][2:, 1] == 0).all(), name
            assert (trace[name][4:, 2] == 0).all(), name


@pytest.mark.parametrize("device", ["cpu", "reference"])
@settings(max_examples=60)
@given(run=runs(), level=st.sampled_from(LEVELS), data=st.data())
def test_what_a_level_left_out_is_rebuilt_to_the_bit(
    device: str, run: Run, level: str, data: st.DataObject
) -> None:
    """A lean trace, and any part of one, gives the very same numbers as the full one."""
    full, lean = unroll(run, device), unroll(run, device, level)
    start = data.draw(st.integers(0, full.T - 1))
    part = slice(start, data.draw(st.integers(start + 1, full.T)))

    for name in full.names:
        np.testing.assert_array_equal(lean[name], full[name])
        np.testing.assert_array_equal(lean.sel(step=part)[name], full[name][part])


@settings(max_examples=50)
@given(runs())
def test_the_shares_of_a_sum_add_up_to_the_bit(run: Run) -> None:
    """A sum z is just what came from the word, from the memory and from the bias, nothing lost."""
    trace = unroll(run)
    for z in (name for name in trace.names if name.startswith("z") and "from" not in name):
        shares = trace[f"{z}_from_x"] + trace[f"{z}_from_h"] + trace[f"{z}_from_a"]
        np.testing.assert_array_equal(shares, trace[z])


@pytest.mark.parametrize("device", ["cpu", "reference"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(("kind", "option"), KINDS_AND_OPTIONS)
def test_nan_and_inf_come_out_where_the_equations_put_them(
    kind: str, option: str, value: float, device: str
) -> None:
    """They are no error, they reach only their own sequence, and both devices agree on them."""
    run = make_run(kind, option, T=4, N=2)
    run.x[1, 0, 0] = value

    trace, textbook = unroll(run, device), unroll(run, "reference")

    assert np.isfinite(trace["h"][0]).all()
    assert np.isfinite(trace["h"][:, 1]).all()
    for name in trace.names:
        np.testing.assert_array_equal(np.isnan(trace[name]), np.isnan(textbook[name]))
        np.testing.assert_array_equal(np.isinf(trace[name]), np.isinf(textbook[name]))


def test_a_second_call_is_not_touched_by_the_first() -> None:
    """No buffer is shared between calls, and inputs are left alone."""
    run = make_run("lstm", "sigmoid")
    x = run.x.copy()
    first = unroll(run)["h"].copy()
    second = unroll(run)

    unroll(make_run("lstm", "sigmoid", seed=1))

    np.testing.assert_array_equal(second["h"], first)
    np.testing.assert_array_equal(run.x, x)


def test_an_outside_models_states_are_met_at_every_step() -> None:
    """float32, T=40, H=128, weights scaled as frameworks scale them: within 1e-5 in float64."""
    run = make_run("lstm", "sigmoid", T=40, N=2, D=64, H=128, dtype="float32", scale=128**-0.5)
    wide = make_run("lstm", "sigmoid", T=40, N=2, D=64, H=128, dtype="float64", scale=128**-0.5)

    got, exact = unroll(run), unroll(wide, "reference")

    np.testing.assert_allclose(got["h"], exact["h"], atol=1e-5)


def test_the_kernels_run_without_the_compiler() -> None:
    """NUMBA_DISABLE_JIT=1, for debugging, gives the same numbers in plain Python."""
    code = (
        "import numpy as np, tracer\n"
        "cell = tracer.LSTMCell(np.full((8, 3), .1), np.full((8, 2), .2), np.full(8, .3))\n"
        "print(repr(tracer.unroll(cell, np.ones((2, 1, 3)))['h'].tolist()))\n"
    )
    compiled, plain = outputs(code)

    np.testing.assert_allclose(eval(compiled), eval(plain), rtol=1e-15)  # noqa: S307 - lists of numbers


def test_a_kernel_is_compiled_once_for_each_dtype() -> None:
    """Whatever arrays come: writable or not, a part of a trace, laid out in another order."""
    kernel: Any = compiled_cell("lstm").record
    if not hasattr(kernel, "signatures"):  # NUMBA_DISABLE_JIT
        return
    run = make_run("lstm", "sigmoid", lengths=[5, 2, 4])
    trace = unroll(run)
    tracer.unroll(run.cell, trace["x"], lengths=trace.lengths, h_0=trace["h"][0])
    tracer.unroll(run.cell, np.asfortranarray(run.x)[:, :2], level="states")

    floats = [str(signature[1].dtype) for signature in kernel.signatures]
    assert "float64" in floats
    assert len(floats) == len(set(floats))


def test_machine_code_is_asked_for_by_dtype(tmp_path: Path) -> None:
    """After a call in float32 the first one in float64 compiles as well, and says so before."""
    script = """
import numpy as np
from tracer.cells import RNNCell
from tracer.kernels.cpu import device as cpu

def cell(dtype):
    return RNNCell(*(np.zeros(shape, dtype) for shape in ((1, 1), (1, 1), (1,))))

def asked():
    print(*(cpu.needs_compiling(cell(dtype)) for dtype in (np.float32, np.float64)))

asked()
x = np.zeros((1, 1, 1), np.float32)
cpu.forward(cell(np.float32), x, {"h": x[0]}, np.ones(1, np.int64), "all")
asked()
print(cpu.needs_compiling(cell(np.float32), backward=True))
"""
    env = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    first, second = (
        subprocess.run(
            [sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True
        ).stdout.split()
        for _ in range(2)
    )

    assert first == ["True", "True", "False", "True", "True"]
    assert second == ["False", "True", "False", "True", "True"]
