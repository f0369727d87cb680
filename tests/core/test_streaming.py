"""A run that goes straight into its file: the same file, and never all of it in memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tracer
from tests.core.conftest import Run, make_run, runs, unroll
from tracer.equations import LEVELS


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    run=runs(),
    level=st.sampled_from(LEVELS),
    device=st.sampled_from(["cpu", "reference"]),
    window=st.integers(1, 3_000),
)
def test_it_is_the_file_that_save_writes(
    tmp_path: Path, run: Run, level: str, device: str, window: int
) -> None:
    """To the byte, with windows of one step, of a few, or of all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tracer.trace.streaming.WINDOW", window)
        into = unroll(run, level=level, device=device, into=tmp_path / "into.safetensors")
    tracer.save(unroll(run, level=level, device=device), tmp_path / "saved.safetensors")

    files = [(tmp_path / name).read_bytes() for name in ("into.safetensors", "saved.safetensors")]
    assert files[0] == files[1]
    np.testing.assert_array_equal(into["h"], unroll(run, device=device)["h"])


def test_x_may_be_a_file_too(tmp_path: Path) -> None:
    """Of another machine's byte order, and opened for reading only."""
    run = make_run("lstm", "sigmoid", T=50, N=1)
    np.save(tmp_path / "x.npy", run.x[:, 0].astype(">f8"))
    x = np.load(tmp_path / "x.npy", mmap_mode="r")

    trace = tracer.unroll(run.cell, x, into=tmp_path / "run.safetensors")

    np.testing.assert_array_equal(trace["z_f"], tracer.unroll(run.cell, run.x)["z_f"])
    np.testing.assert_array_equal(trace["x"], run.x)


def test_only_a_window_has_to_fit_into_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """16 MB hold no trace of 100,000 steps of 713 bytes, but a window of them."""
    run = make_run("lstm", "sigmoid")
    x = np.broadcast_to(run.x[:1, :1], (100_000, 1, 4))
    monkeypatch.setattr("tracer.kernels.memory.SMALL", 0)
    monkeypatch.setattr("tracer.kernels.memory.free_memory", lambda: 2**24)

    with pytest.raises(tracer.InputError, match=r"or into='run\.safetensors', straight into a fil"):
        tracer.unroll(run.cell, x)

    trace = tracer.unroll(run.cell, x, into=tmp_path / "run.safetensors")
    assert trace.T == 100_000


def test_a_sentence_too_large_for_one_step_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then no window fits, and nothing is written."""
    run = make_run("lstm", "sigmoid")
    monkeypatch.setattr("tracer.kernels.memory.SMALL", 0)
    monkeypatch.setattr("tracer.kernels.memory.free_memory", lambda: 100)

    with pytest.raises(tracer.InputError, match="GB of memory are needed"):
        unroll(run, into=tmp_path / "run.safetensors")

    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_run_leaves_the_old_file(tmp_path: Path) -> None:
    """Ctrl-C in the middle: what was there is as it was, and there is nothing else."""
    path = tmp_path / "run.safetensors"
    run = make_run("lstm", "sigmoid", T=9)
    unroll(run, into=path)
    before = path.read_bytes()
    calls = iter(range(9))

    def forward(*_arguments: Any) -> Any:
        if next(calls) == 0:
            return dict.fromkeys(run.state, run.x)
        raise KeyboardInterrupt

    interrupted = type("Device", (), {"forward": staticmethod(forward)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tracer.trace.streaming.device_named", lambda _: interrupted)
        with pytest.raises(KeyboardInterrupt):
            unroll(run, level="checkpoints", into=path)

    assert next(calls) == 2
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_run_left_goes_with_the_next(tmp_path: Path) -> None:
    """A kill can leave the temporary file; the next run into the same file removes it."""
    path = tmp_path / "run.safetensors"
    code = (
        "import os, signal, sys\n"
        "from tracer.storage.whole import replacing\n"
        "with replacing(sys.argv[1]) as temporary:\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert [one.name.startswith(".tracer-") for one in tmp_path.iterdir()] == [True]

    unroll(make_run("lstm", "sigmoid"), into=path)

    assert list(tmp_path.iterdir()) == [path]


class Usage(NamedTuple):
    """As `shutil.disk_usage` tells it."""

    total: int
    used: int
    free: int


def test_a_disk_without_room_is_told_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An LSTM with D=4 and H=7: 10,000 steps of 81 numbers of 8 bytes, its weights, a header."""
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(10**9, 998_500_000, 1_500_000))
    path, run = tmp_path / "run.safetensors", make_run("lstm", "sigmoid", T=10_000, N=1)

    with pytest.raises(tracer.FileError) as error:
        unroll(run, into=path)

    assert str(error.value) == (
        f"cannot write {path}: 6.5 MB are needed, and 1.5 MB are free on its disk"
    )
    assert list(tmp_path.iterdir()) == []
    assert unroll(run, level="checkpoints", into=path).T == 10_000


def test_a_disk_that_fills_up_meanwhile_is_told(tmp_path: Path) -> None:
    """Another program took the room; here a limit on the size of files stands for it."""
    code = (
        "import resource, sys\n"
        "import numpy as np, tracer\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, resource.RLIM_INFINITY))\n"
        "cell = tracer.RNNCell([[1.0]], [[1.0]])\n"
        "try:\n"
        "    tracer.unroll(cell, np.ones((10_000, 1)), device='reference', into=sys.argv[1])\n"
        "except tracer.FileError as error:\n"
        "    print(error)\n"
    )
    path = tmp_path / "run.safetensors"

    told = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )

    assert told.stdout == f"cannot write {path}: File too large\n"
    assert list(tmp_path.iterdir()) == []


def test_the_name_is_that_of_a_trace(tmp_path: Path) -> None:
    """Said before hours are spent on it."""
    with pytest.raises(tracer.InputError, match=r"x\.npz: the name of a trace file ends in"):
        unroll(make_run("lstm", "sigmoid"), into=tmp_path / "x.npz")
