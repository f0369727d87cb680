"""`tracer doctor` says what is there, and what to do where something is amiss."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import tracer
from tracer.cli._diagnosis import Finding, _works, diagnose
from tracer.cli.doctor import _lines


def run(*options: str, **variables: str) -> str:
    """What a fresh process writes; variables that Numba reads count only at the start."""
    return subprocess.run(
        [sys.executable, "-m", "tracer", "doctor", *options],
        env={**os.environ, **variables}, capture_output=True, encoding="utf-8", check=True,
    ).stdout  # fmt: skip


def test_findings() -> None:
    """Each area and name is there once, and the versions are those that run."""
    findings = {(finding.area, finding.name): finding for finding in diagnose()}

    assert len(findings) == len(diagnose())
    assert findings["versions", "tracer"].value == tracer.__version__
    assert findings["versions", "python"].value.startswith(sys.version.split()[0])
    assert findings["kernels", "devices"].value == "cpu, reference"
    assert int(findings["machine", "cores"].value) >= 1


def test_kernels_of_the_cache_are_counted(tmp_path: Path) -> None:
    """A new cache is empty; after one sentence was traced, doctor loads kernels from it."""
    place = {"NUMBA_CACHE_DIR": str(tmp_path)}
    trace = (
        "import numpy as np, tracer; one = np.ones((1, 1), np.float32); "
        "tracer.unroll(tracer.RNNCell(one, one, one[0]), one)"
    )

    before = run(**place)
    subprocess.run([sys.executable, "-c", trace], env={**os.environ, **place}, check=True)
    after = run(**place)

    assert str(tmp_path) in before
    assert "0 compiled, 0.0 MB" in before
    assert "the first sentence will take some seconds longer" in before
    assert "0 loaded from the cache just now, 0 compiled" in before
    # The loop over the steps, and what packs its weights.
    assert "2 loaded from the cache just now, 0 compiled" in after


def test_without_compiler() -> None:
    """NUMBA_DISABLE_JIT is noticed, because everything is slow then."""
    screen = run(NUMBA_DISABLE_JIT="1")

    assert "note  compiler     off\n" in screen


def test_cuda_simulator() -> None:
    """So is the simulator of a graphics card."""
    assert "note  cuda         simulator\n" in run(NUMBA_ENABLE_CUDASIM="1")


def test_json() -> None:
    """The same findings for programs, with the status spelled out."""
    rows = json.loads(run("--format", "json"))

    assert {tuple(row) for row in rows} == {("area", "name", "value", "advice", "status")}
    assert {row["status"] for row in rows} <= {"ok", "note"}
    assert rows[-1]["area"] == "terminal"


def test_plain_when_piped() -> None:
    """Into a pipe there are no control codes; where colour is asked for, there are."""
    assert "\x1b" not in run()
    assert "\x1b[" in run(FORCE_COLOR="1")
    assert "\x1b" not in run(FORCE_COLOR="1", NO_COLOR="1")


def test_screen() -> None:
    """A note stands under what it is about, folded to the width of the screen."""
    findings = [
        Finding("sandbox", "limits", "time and memory"),
        Finding("sandbox", "bubblewrap", "not found", "your own exercises need no sandbox"),
    ]

    lines = [line.plain for line in _lines(findings, 46)]

    assert lines == [
        "Sandbox",
        "  ok    limits       time and memory",
        "  note  bubblewrap   not found",
        "                     your own exercises need",
        "                     no sandbox",
        "",
        "tracer works. 1 note above says what to do or",
        "to know: bubblewrap.",
    ]
    assert list(_lines(findings[:1], 46))[-1].plain == "All is well."


NOWHERE = """
import sys
from numba.core.caching import CacheImpl
CacheImpl._locator_classes = []
from tracer.cli import command_line
command_line(["doctor"])
"""


def test_nowhere_to_keep_kernels() -> None:
    """In a locked-down place, where Numba finds no folder to write to, everything still runs."""
    ended = subprocess.run(
        [sys.executable, "-c", NOWHERE], capture_output=True, text=True, check=True
    )

    assert "0 loaded from the cache just now, 0 compiled" in ended.stdout


def test_language_without_catalogue() -> None:
    """A language that nobody has written yet is told, not silently English."""
    assert "there is no catalogue of it, so English is shown" in run(TRACER_LANGUAGE="tlh")


def test_sandbox_that_does_not_start(tmp_path: Path) -> None:
    """A bubblewrap that cannot make namespaces counts as not working."""
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)

    assert not _works(str(broken))
    assert not _works(str(tmp_path / "nothing"))
