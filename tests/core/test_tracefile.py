"""A trace as a file: the same numbers back, and a clear word about any other file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tracer
from tests.core.conftest import Run, make_run, runs
from tracer.equations import LEVELS


def make_trace(run: Run | None = None, level: str = "all") -> tracer.Trace:
    """A trace of a ragged batch."""
    run = run or make_run("lstm", "sigmoid", T=6, lengths=[6, 2, 4])
    return tracer.unroll(run.cell, run.x, lengths=run.lengths, level=level)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(run=runs(), level=st.sampled_from(LEVELS))
def test_what_is_saved_is_what_is_opened(tmp_path: Path, run: Run, level: str) -> None:
    """Every name gives the very same numbers, stored or rebuilt; what it is about survives too."""
    tokens = tuple((("水", "=1+1") * 5)[:length] for length in run.lengths)
    trace = replace(make_trace(run, level), tokens=tokens)
    tracer.save(trace, tmp_path / "x.safetensors")
    opened = tracer.open(tmp_path / "x.safetensors")

    assert opened.names == trace.names
    for name in trace.names:
        np.testing.assert_array_equal(opened[name], trace[name])
        assert opened[name].dtype == trace[name].dtype
    for field in ("tokens", "level", "device", "first_step", "versions", "recorded"):
        assert getattr(opened, field) == getattr(trace, field)


def test_a_part_that_numpy_chose_can_be_saved(tmp_path: Path) -> None:
    """As the step with the smallest gate: a number of NumPy's own, which no header could hold."""
    part = make_trace().at(np.int64(2))  # type: ignore[arg-type] # an index to Python too
    tracer.save(part, tmp_path / "x.safetensors")

    assert tracer.open(tmp_path / "x.safetensors").first_step == 2


def test_a_part_can_be_saved(tmp_path: Path) -> None:
    """A cut trace comes back as it was cut, with its numbering."""
    part = make_trace().sel(step=slice(2, 5), batch=0, unit=[1, 3])
    tracer.save(part, tmp_path / "x.safetensors")
    opened = tracer.open(tmp_path / "x.safetensors")

    assert opened.first_step == 2
    assert opened.dims("c") == part.dims("c") == ("step", "unit")
    np.testing.assert_array_equal(opened["z_g_from_h"], part["z_g_from_h"])


def test_numbers_are_read_where_they_are_looked_at(tmp_path: Path) -> None:
    """Opening maps the file; nothing of it is read into memory of our own."""
    tracer.save(make_trace(), tmp_path / "x.safetensors")
    f = tracer.open(tmp_path / "x.safetensors")["f"]

    owner = f
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    assert not owner.flags.owndata
    assert not f.flags.writeable


def test_saving_over_a_file_never_leaves_half_of_one(tmp_path: Path) -> None:
    """A failing write keeps the old file and leaves nothing else in the folder."""
    path = tmp_path / "x.safetensors"
    trace = make_trace()
    tracer.save(trace, path)
    before = path.read_bytes()
    unwritable: Any = {"tracer": object()}  # JSON cannot hold it
    broken = replace(trace, _versions=unwritable)

    with pytest.raises(TypeError):
        tracer.save(broken, path)

    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_can_be_read_by_whom_the_umask_allows(tmp_path: Path) -> None:
    """Not by its owner alone: a teacher's trace is opened by a class."""
    tracer.save(make_trace(), tmp_path / "x.safetensors")
    (tmp_path / "other").touch()

    assert (tmp_path / "x.safetensors").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_writer_that_is_killed_leaves_the_old_file(tmp_path: Path) -> None:
    """A real kill in the middle of a write: the name still holds the old trace."""
    path = tmp_path / "x.safetensors"
    tracer.save(make_trace(), path)
    before = path.read_bytes()
    code = (
        "import os, signal, sys\n"
        "from tracer.storage.whole import replacing\n"
        "with replacing(sys.argv[1]) as temporary:\n"
        "    temporary.write_bytes(b'half a file')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )

    killed = subprocess.run([sys.executable, "-c", code, str(path)], check=False)

    assert killed.returncode == -9
    assert path.read_bytes() == before


def test_a_trace_is_saved_under_a_name_that_show_knows(tmp_path: Path) -> None:
    """Else it could be written and never looked at."""
    with pytest.raises(tracer.InputError, match=r"x\.npz: .* ends in \.safetensors, .* write .*x"):
        tracer.save(make_trace(), tmp_path / "x.npz")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["missing/x.safetensors", "folder.safetensors"])
def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, place: str) -> None:
    """A missing folder, or a folder where the file should be."""
    (tmp_path / "folder.safetensors").mkdir()

    with pytest.raises(tracer.FileError, match="cannot write"):
        tracer.save(make_trace(), tmp_path / place)


def test_a_missing_file_a_folder_and_a_fifo_are_told_apart(tmp_path: Path) -> None:
    """None of them hangs."""
    os.mkfifo(tmp_path / "fifo")

    for name, words in (
        ("none", "there is no such file"),
        (".", "not a plain file"),
        ("fifo", "not a plain file"),
    ):
        with pytest.raises(tracer.FileError, match=words):
            tracer.open(tmp_path / name)


def saved_bytes(tmp_path: Path) -> bytes:
    """The bytes of a good trace."""
    tracer.save(make_trace(), tmp_path / "good.safetensors")
    return (tmp_path / "good.safetensors").read_bytes()


@settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_no_trace(tmp_path: Path, data: bytes) -> None:
    """Whatever the file holds: a FileError, never a traceback, never a hang."""
    (tmp_path / "x").write_bytes(data)

    with pytest.raises(tracer.FileError):
        tracer.open(tmp_path / "x")


@settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_trace_is_refused_or_still_whole(tmp_path: Path, data: st.DataObject) -> None:
    """One byte of a good file changed, or its end cut off: refused, or every name still answers."""
    good = saved_bytes(tmp_path)
    header = 8 + int.from_bytes(good[:8], "little")
    if data.draw(st.booleans()):
        bad = good[: data.draw(st.integers(0, len(good) - 1))]
    else:
        at = data.draw(st.integers(0, header - 1))
        bad = good[:at] + data.draw(st.binary(min_size=1, max_size=1)) + good[at + 1 :]
    (tmp_path / "x").write_bytes(bad)

    try:
        trace = tracer.open(tmp_path / "x")
    except tracer.FileError:
        return
    for name in trace.names:
        assert trace[name].shape[0] == trace.T


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_header_with_anything_in_it_is_refused_or_works(
    tmp_path: Path, data: st.DataObject
) -> None:
    """A well-formed file whose header says something foreign: refused, or every name answers."""
    from safetensors.numpy import load, save

    good = saved_bytes(tmp_path)
    size = int.from_bytes(good[:8], "little")
    header = json.loads(json.loads(good[8 : 8 + size])["__metadata__"]["tracer"])
    key = data.draw(st.sampled_from(sorted(header)))
    header[key] = data.draw(anything)
    (tmp_path / "x").write_bytes(save(load(good), {"tracer": json.dumps(header)}))

    try:
        trace = tracer.open(tmp_path / "x")
    except tracer.FileError:
        return
    for name in trace.names:
        assert trace[name].size > 0


def test_a_model_is_not_a_trace_and_a_newer_version_is_named(tmp_path: Path) -> None:
    """The error says what the file is."""
    from tracer.storage import arrayfile

    arrayfile.write(tmp_path / "m", "tracer model", 1, {}, {})
    arrayfile.write(tmp_path / "v", "tracer trace", 99, {}, {})

    with pytest.raises(tracer.FileError, match="is a tracer model; expected a tracer trace"):
        tracer.open(tmp_path / "m")
    with pytest.raises(tracer.FileError, match="format version 99; this tracer reads version 1"):
        tracer.open(tmp_path / "v")
