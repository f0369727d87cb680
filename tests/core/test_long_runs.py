"""Long runs: a state kept every √T steps, and any step run again from there, to the same bits."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tracer
from tests.core.conftest import Run, make_run, runs, unroll
from tracer.kernels.device import Device, device
from tracer.trace.checkpoints import Checkpoints


def long_runs() -> st.SearchStrategy[Run]:
    """Up to 30 steps, so that a run has up to five windows."""
    return runs(T=30, N=3, D=5, H=9)


def assert_same(got: tracer.Trace, wanted: tracer.Trace) -> None:
    """Every quantity, to the bit."""
    assert got.names == wanted.names
    for name in wanted.names:
        np.testing.assert_array_equal(got[name], wanted[name], err_msg=name)
        assert got[name].dtype == wanted[name].dtype


def test_ten_thousand_steps_keep_a_hundred_states() -> None:
    """The state before step 0 is the run's own, so 99 more are stored, and nothing else."""
    cell = make_run("lstm", "sigmoid").cell

    trace = tracer.unroll(cell, np.zeros((10_000, 4)), level="checkpoints")

    assert trace.recorded == ("x",)
    assert trace.last.checkpoints.steps.tolist() == list(range(100, 10_000, 100))
    assert trace.last.checkpoints.states["c"].shape == (99, 1, 7)


@settings(max_examples=50)
@given(run=long_runs(), name=st.sampled_from(["cpu", "reference"]))
def test_every_number_is_rebuilt_to_the_bit(run: Run, name: str) -> None:
    """The whole of each quantity, from its windows."""
    assert_same(
        unroll(run, level="checkpoints", device=name), unroll(run, level="all", device=name)
    )


@settings(max_examples=50)
@given(run=long_runs(), data=st.data())
def test_every_part_is_rebuilt_to_the_bit(run: Run, data: st.DataObject) -> None:
    """Wherever it begins and ends, and part of that part; also of some sequences alone."""
    whole, long = unroll(run, level="all"), unroll(run, level="checkpoints")
    for _ in range(3):
        start = data.draw(st.integers(0, whole.T - 1))
        stop = data.draw(st.integers(start + 1, whole.T))
        n = data.draw(st.integers(0, whole.N - 1))
        cut: Any = {"step": slice(start, stop), "batch": slice(n, whole.N)}
        whole, long = whole.sel(**cut), long.sel(**cut)
        assert long.level == "checkpoints"
        assert_same(long, whole)


@settings(max_examples=30)
@given(run=long_runs(), data=st.data())
def test_steps_in_any_order(run: Run, data: st.DataObject) -> None:
    """Forward, back and again: what was run again last changes no later answer."""
    whole, long = unroll(run, level="all"), unroll(run, level="checkpoints")

    for t in data.draw(st.lists(st.integers(0, whole.T - 1), max_size=6)):
        assert_same(long.at(t), whole.at(t))


def test_a_look_at_a_step_runs_one_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """Step 57 of 100: ten steps, from the state before step 50; its neighbour costs nothing."""
    run = make_run("lstm", "sigmoid", T=100)
    long = unroll(run, level="checkpoints")
    ran: list[int] = []

    class Counting:
        """The CPU device, which notes how many steps it is to run."""

        def __getattr__(self, name: str) -> Any:
            return getattr(device("cpu"), name)

        def forward(self, *arguments: Any) -> Any:
            ran.append(len(arguments[1]))
            return device("cpu").forward(*arguments)

    counting: Device = Counting()
    monkeypatch.setattr("tracer.trace.layer.device", lambda _: counting)

    f = long.at(57)["f"]
    assert ran == [10]
    long.at(58)["z_f"]
    long.at(57)["h_prev"]
    assert ran == [10]
    monkeypatch.undo()
    np.testing.assert_array_equal(f, unroll(run, level="all")["f"][57])


def test_a_small_part_keeps_no_window_alive() -> None:
    """Many steps side by side, each from another window, take no more than their own numbers."""
    long = unroll(make_run("lstm", "sigmoid", T=100), level="checkpoints")

    for t in range(5, 100, 10):
        f = long.at(t).last["f"]
        owner = f
        while isinstance(owner.base, np.ndarray):
            owner = owner.base
        assert owner.nbytes == f.nbytes


def test_a_long_run_survives_a_pickle() -> None:
    """As a program that hands it to another process does."""
    long = unroll(make_run("lstm", "sigmoid", T=30), level="checkpoints")
    long.at(17)["f"]

    again = pickle.loads(pickle.dumps(long))  # noqa: S301 - its own

    assert_same(again, long)
    with pytest.raises(ValueError, match="read-only"):
        again.last.checkpoints.states["h"][:] = 0


def test_the_windows_of_a_run() -> None:
    """From the initial state to the first checkpoint, and so on to the end."""
    checkpoints = Checkpoints(np.array([3, 6]), {"h": np.array([[[0.3]], [[0.6]]])})

    assert list(checkpoints.windows(8)) == [(0, 3), (3, 6), (6, 8)]
    assert [checkpoints.around(t, 8) for t in (0, 2, 3, 7)] == [(0, 3), (0, 3), (3, 6), (6, 8)]
    part = checkpoints.cut(3, 7, slice(None))
    assert part.steps.tolist() == [3]
    assert part.states["h"].tolist() == [[[0.6]]]


def test_what_does_not_fit_as_a_whole_fits_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """f of all steps would take 8 bytes · 2 · 7 units a step, and a tenth more."""
    long = unroll(make_run("lstm", "sigmoid", T=2_500, N=1), level="checkpoints")
    monkeypatch.setattr("tracer.kernels.memory.SMALL", 0)
    monkeypatch.setattr("tracer.kernels.memory.free_memory", lambda: 100_000)

    with pytest.raises(tracer.InputError) as error:
        long["f"]

    assert str(error.value) == (
        "f is not in this trace, and is rebuilt over 2,500 steps: 0.0 GB of memory are "
        "needed, and 0.0 GB are free. What would fit: 811 steps at a time, "
        "trace.sel(step=slice(first, stop)), or one step, trace.at(t)"
    )
    assert long.at(1_234)["f"].shape == (1, 7)
    assert long.sel(step=slice(1_000, 1_800))["f"].shape == (800, 1, 7)


@settings(max_examples=40)
@given(run=long_runs(), name=st.sampled_from(["cpu", "reference"]), data=st.data())
def test_backward_is_made_again_to_the_bit(run: Run, name: str, data: st.DataObject) -> None:
    """The sums over all steps, every gradient of every step, and those of any part."""
    rng = np.random.default_rng(0)
    d_h = rng.normal(size=(*run.x.shape[:2], run.cell.W.shape[1])).astype(run.x.dtype)
    d_last: Any = {
        f"d_{name}_last": rng.normal(size=h.shape).astype(h.dtype) for name, h in run.state.items()
    }
    whole, long = (
        tracer.backprop(unroll(run, name, level), d_h, **d_last, device=name)
        for level in ("all", "checkpoints")
    )

    assert_same(long, whole)
    for _ in range(2):
        start = data.draw(st.integers(0, whole.T - 1))
        stop = data.draw(st.integers(start + 1, whole.T))
        # The textbook's products have other last bits where there are fewer sequences.
        n = data.draw(st.integers(0, whole.N - 1)) if name == "cpu" else 0
        cut: Any = {"step": slice(start, stop), "batch": slice(n, whole.N)}
        whole, long = whole.sel(**cut), long.sel(**cut)
        assert_same(long, whole)


def test_a_long_run_backward_keeps_its_sums_and_no_other_gradient(tmp_path: Path) -> None:
    """Beside what came from the loss; from a file each is made again just so."""
    run = make_run("lstm", "sigmoid", T=30, lengths=[30, 7, 21])
    d_h = np.ones((30, 3, 7))
    long = tracer.backprop(unroll(run, level="checkpoints"), d_h)
    whole = tracer.backprop(unroll(run, level="all"), d_h)

    assert long.recorded == ("x", "d_h_from_loss", "d_h_0", "d_c_0", "d_U", "d_W", "d_a")
    assert long.last.checkpoints.gradients["c"].shape == (6, 3, 7)
    tracer.save(long, tmp_path / "long.safetensors")
    opened = tracer.open(tmp_path / "long.safetensors")
    assert_same(opened, whole)
    assert_same(opened.at(17), whole.at(17))
    assert tracer.compare(opened, whole) is None
    assert_same(pickle.loads(pickle.dumps(long)), whole)  # noqa: S301 - its own


def test_a_file_that_lacks_a_gradient_is_damaged(tmp_path: Path) -> None:
    """Of all that comes back to a window, or of the loss, nothing may be missing."""
    long = tracer.backprop(
        unroll(make_run("lstm", "sigmoid", T=30), level="checkpoints"), np.ones((30, 3, 7))
    )
    layer, path = long.last, tmp_path / "long.safetensors"
    back = {"h": layer.checkpoints.gradients["h"]}
    less = {name: d for name, d in layer.gradients.items() if name != "d_h_from_loss"}
    for broken in (
        replace(layer, checkpoints=replace(layer.checkpoints, gradients=back)),
        replace(layer, gradients=less),
    ):
        tracer.save(replace(long, layers=(broken,)), path)
        with pytest.raises(tracer.FileError, match="is damaged"):
            tracer.open(path)


@pytest.mark.parametrize("options", [{"window": 4}, {"per_step": True}, {"device": "reference"}])
def test_other_ways_backward_keep_everything(options: dict[str, Any]) -> None:
    """Truncated, with the share of each step, or on another device: as at any level."""
    run = make_run("lstm", "sigmoid", T=30)
    d_h = np.ones((30, 3, 7))

    assert_same(
        tracer.backprop(unroll(run, level="checkpoints"), d_h, **options),
        tracer.backprop(unroll(run, level="all"), d_h, **options),
    )


def test_a_second_run_backward_forgets_the_first() -> None:
    """Of a part too, whose gradients were looked at before."""
    run = make_run("lstm", "sigmoid", T=30)
    one, two = np.ones((30, 3, 7)), np.full((30, 3, 7), 2.0)
    long = tracer.backprop(unroll(run, level="checkpoints"), one)
    part = long.sel(step=slice(3, 9))
    assert part["d_x"].shape == (6, 3, 4)

    assert_same(tracer.backprop(long, two), tracer.backprop(unroll(run, level="all"), two))
    again = tracer.backprop(unroll(run, level="all").sel(step=slice(3, 9)), two[3:9])
    assert_same(tracer.backprop(part, two[3:9]), again)


RISE = """
import os, resource, sys
if os.fork():  # a program that another one starts has its peak at first
    sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
import numpy as np, tracer
random = np.random.default_rng(0)
cell = tracer.LSTMCell(*(random.normal(scale=0.3, size=(64, n)).astype("f4") for n in (8, 16)))
x = random.random((200_000, 8), dtype="f4")
options = {"level": sys.argv[1]} | ({"into": sys.argv[2]} if sys.argv[2:] else {})

def peak():
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit

def look(trace, steps):
    return float(sum(trace.at(t)["z_f"].sum() for t in steps))

look(tracer.unroll(cell, x[:50], **options), range(50))
before = peak()
look(tracer.unroll(cell, x, **options), range(0, 200_000, 20_011))
print(peak() - before)
"""
"""How much memory a run takes, on top of Python and of what was compiled or loaded before."""


@pytest.mark.parametrize(("level", "file"), [("checkpoints", False), ("all", True)])
def test_a_long_run_takes_little_memory(tmp_path: Path, level: str, *, file: bool) -> None:
    """200,000 steps of 16 units: all their numbers are 147 MB, of which 6 MB are the input."""
    where = [str(tmp_path / "run.safetensors")] if file else []

    said = subprocess.run(
        [sys.executable, "-c", RISE, level, *where], capture_output=True, text=True, check=True
    )

    assert int(said.stdout) < 50_000_000


def test_the_same_run_as_a_whole_takes_much_more() -> None:
    """So that what is measured above can fail."""
    said = subprocess.run(
        [sys.executable, "-c", RISE, "all"], capture_output=True, text=True, check=True
    )

    assert int(said.stdout) > 140_000_000
