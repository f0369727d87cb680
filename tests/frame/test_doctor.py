"""`tracer doctor` says what is there, and what to do where something is amiss."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

import tracer
from tracer.cli import command_line
from tracer.cli._diagnosis import _LIBRARIES, diagnose
from tracer.kernels import cache
from tracer.view.parts.doctor import Finding, diagnosis
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.doctor import doctor

ROOT = Path(__file__).parents[2]


def run(*options: str, **variables: str) -> str:
    """What a fresh process writes; variables that Numba reads count only at the start."""
    return subprocess.run(
        [sys.executable, "-m", "tracer", "doctor", *options],
        env={**os.environ, **variables}, capture_output=True, encoding="utf-8", check=True,
    ).stdout  # fmt: skip


def shown(*options: str, **variables: str) -> str:
    """What it writes in this process."""
    done = CliRunner(env=variables).invoke(command_line, ["doctor", *options])
    assert done.exit_code == 0, done.stderr
    return done.stdout


def test_findings() -> None:
    """Each area and name is there once, and the versions are those that run."""
    findings = {(finding.area, finding.name): finding for finding in diagnose()}

    assert len(findings) == len(diagnose())
    assert findings["versions", "tracer"].value == tracer.__version__
    assert findings["versions", "python"].value.startswith(sys.version.split()[0])
    assert findings["kernels", "devices"].value == "cpu, cuda, reference"


def test_every_fact_is_used() -> None:
    """What is shown decides something; a new fact is entered here with what it decides."""
    used = {
        "machine platform": "whether there is fork, and which limits",
        "machine processor": "what the kernels are compiled for",
        "machine memory": "what is refused before it is computed",
        "kernels devices": "tracer.unroll(..., device=...)",
        "kernels cuda": "whether device='cuda' can be used, and if not, what to do",
        "kernels compiler": "whether kernels run compiled",
        "kernels threads": "tracer.kernels.cpu.shares.threads",
        "kernels cache": "where compiled kernels are kept",
        "kernels cached": "whether the first sentence takes longer",
        "sandbox limits": "what stops an answer that does not end",
        "sandbox plain": "tracer check",
        "sandbox landlock": "tracer check --wall landlock",
        "sandbox namespaces": "tracer check --wall namespaces",
        "language languages": "TRACER_LANGUAGE, LANGUAGE, LC_ALL, LC_MESSAGES and LANG",
    }

    names = [f"{f.area} {f.name}" for f in diagnose() if f.area != "versions"]

    assert [name for name in names if name != "language chosen"] == list(used)


def test_versions_are_of_what_is_needed() -> None:
    """Each declared dependency, and llvmlite, without whose version kernels are not reused."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = {re.split(r"[^\w-]", line)[0] for line in project["dependencies"]}

    assert set(_LIBRARIES) == names | {"llvmlite"}


def test_threads_are_those_that_are_used() -> None:
    """NUMBA_NUM_THREADS=1 leaves one."""
    assert "threads      1\n" in run(NUMBA_NUM_THREADS="1")


COMPILE = (
    "import numpy as np; from tracer.kernels.cpu.arrays import copy; "
    "[copy(np.ones(1, dtype), np.ones(1, dtype)) for dtype in ('float32', 'float64')]"
)


def test_the_cache_is_counted_and_cleared(tmp_path: Path) -> None:
    """Empty at first, then with two kernels; a damaged file is noticed; it is emptied again."""
    place = {"NUMBA_CACHE_DIR": str(tmp_path)}

    before = run(**place)
    subprocess.run([sys.executable, "-c", COMPILE], env={**os.environ, **place}, check=True)
    files = sorted(tmp_path.rglob("*.nbc"))
    after = run(**place)
    files[0].write_bytes(files[0].read_bytes()[:-1])
    damaged = run(**place)
    mine = tmp_path / "notes.txt"
    mine.touch()
    cleared = run("--clear-cache", **place)

    assert str(tmp_path) in "".join(before.split())  # a long path goes on in the next line
    assert "0 compiled, 0.0 MB" in before
    assert "each is compiled when it is first needed" in before
    assert "2 compiled, " in after
    assert "1 compiled, " in damaged
    assert "1 more is damaged" in damaged
    assert " cleared      2 files removed, " in cleared
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [mine]


def test_a_full_disk_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason is the system's own."""
    monkeypatch.setattr(cache, "_problem", lambda _folder: "No space left on device")

    (finding,) = (finding for finding in diagnose() if finding.name == "cache")

    assert finding.advice.startswith("No space left on device: kernels are compiled at every start")


def test_a_limit_that_is_optional(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without cgroups is no fault, and the sentence does not read like one."""
    monkeypatch.setattr("tracer.sandbox.cgroup.trouble", lambda: "no cgroup v2 is there")

    (finding,) = (finding for finding in diagnose() if finding.name == "limits")

    assert finding.status == "ok"
    assert finding.value == (
        "time and memory of each process. A limit on all processes together is optional, and this "
        "machine does not offer it: no cgroup v2 is there"
    )


def test_without_compiler() -> None:
    """NUMBA_DISABLE_JIT is noticed, because everything is slow then."""
    screen = run(NUMBA_DISABLE_JIT="1")

    assert "note  compiler     off\n" in screen


def test_json() -> None:
    """The same findings for programs, with the status spelled out."""
    rows = json.loads(shown("--format", "json"))

    assert {tuple(row) for row in rows} == {("area", "name", "value", "advice", "status")}
    assert {row["status"] for row in rows} <= {"ok", "note"}
    assert rows[-1]["area"] == "terminal"


def test_plain_when_piped() -> None:
    """Into a pipe there are no control codes; where colour is asked for, there are."""
    assert "\x1b" not in run()
    assert "\x1b[" in shown(FORCE_COLOR="1")
    assert "\x1b" not in shown(FORCE_COLOR="1", NO_COLOR="1")


def test_screen() -> None:
    """A note stands under what it is about, folded to the width of the screen."""
    findings = [
        Finding("sandbox", "limits", "time and memory"),
        Finding("sandbox", "walls", "none", "your own exercises need no sandbox"),
    ]

    lines = [line.plain for line in doctor(diagnosis(findings), Abilities(width=46))]

    assert lines == [
        "Sandbox",
        "  ok    limits       time and memory",
        "  note  walls        none",
        "                     your own exercises need",
        "                     no sandbox",
        "",
        "tracer works. See 1 note above: walls.",
    ]
    assert doctor(diagnosis(findings[:1]), Abilities(width=46))[-1].plain == "All is well."


def test_a_path_stays_whole_where_it_can() -> None:
    """On a line of its own, to be copied; no line is wider than the screen."""
    paths = [Finding("kernels", "cache", "/home/me/my-course/kernels"),
             Finding("kernels", "cache", "/home/me" * 5)]  # fmt: skip

    lines = [line.plain for line in doctor(diagnosis(paths), Abilities(width=40))]

    assert lines[:4] == [
        "Kernels",
        "  ok    cache",
        "        /home/me/my-course/kernels",
        "  ok    cache",
    ]
    assert max(map(len, shown(COLUMNS="20").splitlines())) <= 40


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

    assert "note  cache        no folder can be written\n" in ended.stdout


def test_language_without_catalogue() -> None:
    """A language that nobody has written yet is told, not silently English."""
    assert "not translated, so English is shown" in run(TRACER_LANGUAGE="tlh")
