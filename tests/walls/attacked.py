"""Grades what is handed in to do harm, and what is only unusual, and looks at what came of it.

    python -m tests.walls.attacked landlock namespaces

prints a line for each submission of `expected.toml`, and what is wrong with it.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import tempfile
import time
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from tests.walls.made import MADE
from tracer.exercises.discovery import discover, find
from tracer.exercises.exercise import Exercise
from tracer.exercises.form import look
from tracer.exercises.submission import Submission
from tracer.grading.report import Report, Verdict
from tracer.grading.session import Session, grade
from tracer.grading.task import tasks
from tracer.sandbox import supervise, warm
from tracer.sandbox.process import Limits
from tracer.sandbox.reach import standard_library
from tracer.sandbox.walls import gaps, wall
from tracer.view.export.report_json import as_record
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.report import screen

HERE = Path(__file__).parent

LEFT = "LEFT_BY_AN_ANSWER"
"""What every file is called that an attack writes outside its folder."""

BREACH = "BREACH"
"""What an attack prints that has got through."""

SECONDS = 0.5
"""The limit of a submission that has none of its own."""


@dataclass(frozen=True)
class Entry:
    """One submission, and what may come of it; `expected.toml` says what each part means."""

    kind: str
    file: str
    verdicts: tuple[str, ...] = ("passed",)
    points: float | None = None  # all that there are
    exercise: str = "10_rnn_step"
    seconds: float = SECONDS
    daily: bool = False
    called: str = ""
    folder: str = "attacks"
    earlier: Mapping[str, str] = field(default_factory=dict)  # exercises, and files in earlier/

    @property
    def submission(self) -> Submission:
        """What is handed in: the file, and the student's earlier answers that it may import."""
        folder = HERE / self.folder / "earlier"
        earlier = {
            exercise: Submission(file, (folder / file).read_bytes())
            for exercise, file in self.earlier.items()
        }
        return Submission(self.called or self.file, self.source, earlier)

    @property
    def source(self) -> bytes:
        """The file, as bytes."""
        if self.file in MADE:
            return MADE[self.file]()
        return (HERE / self.folder / self.file).read_bytes()


@dataclass(frozen=True)
class Outcome:
    """What came of a submission behind a wall; `problems` is empty where it holds."""

    entry: Entry
    wall: str
    verdict: str
    points: float
    seconds: float
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Surroundings:
    """What lies around a submission: folders that it must not touch, a word that it must not see.

    Attributes
    ----------
    temporary, neighbour : Path
        Where its own folder is made; the folder of somebody else's answer, open to everybody.
    hidden : str
        Stands in the neighbour's file, and in the environment of the grader.
    """

    temporary: Path
    neighbour: Path
    hidden: str

    def left(self) -> set[str]:
        """The files that lie where none should."""
        found = {str(path) for path in self.temporary.iterdir() if path not in _zygotes()}
        found |= {str(path) for root in _zygotes() for path in (root / warm.ANSWERS).iterdir()}
        for folder in (*_folders(), self.temporary, self.neighbour):
            with suppress(OSError):
                found |= {str(path) for path in folder.glob(f"*{LEFT}*")}
        return found | {f"{path} changed" for path, status in _kept(self).items() if status}


def entries(part: str) -> list[Entry]:
    """The ``attacks`` or the ``unusual`` ones."""
    return [
        Entry(**{**line, "verdicts": tuple(line.get("verdicts", ["passed"]))}, folder=part)
        for line in listed()[part]
    ]


def listed() -> dict[str, list[dict[str, Any]]]:
    """The table."""
    found: dict[str, list[dict[str, Any]]] = tomllib.loads(
        (HERE / "expected.toml").read_text("utf-8")
    )
    return found


@contextmanager
def surroundings(name: str) -> Iterator[Surroundings]:
    """Make them, raise the wall of this name once, and remove all afterwards."""
    hidden = f"HIDDEN-{secrets.token_hex(8)}"
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="class-", dir="/tmp") as made:
        around = Surroundings(Path(made, "temporary"), Path(made, "neighbour"), hidden)
        for folder in (around.temporary, around.neighbour):
            folder.mkdir()
            folder.chmod(0o777)
        Path(made).chmod(0o755)
        answer = around.neighbour / "rnn_step.py"
        answer.write_text(f"# {hidden}\n", "utf-8")
        answer.chmod(0o666)
        os.environ["SECRET_OF_THE_GRADER"] = hidden
        warm.close()
        tempfile.tempdir = str(around.temporary)
        supervise._control(supervise.SET_CHILD_SUBREAPER, 1)  # who loses its parents is ours
        try:
            assert list(gaps(name)) == []
            _BEFORE.clear()
            _BEFORE.update(_statuses(around))
            yield around
        finally:
            supervise._control(supervise.SET_CHILD_SUBREAPER, 0)
            warm.close()
            tempfile.tempdir = before
            del os.environ["SECRET_OF_THE_GRADER"]


def graded(entry: Entry, name: str, around: Surroundings) -> Outcome:
    """Grade one behind the wall of this name, and look at everything that it must not do."""
    exercise = find(entry.exercise, discover().good)
    seed = secrets.randbits(32)
    running, began = _running(), time.monotonic()
    problems: list[str] = []
    report = None
    submission = entry.submission
    try:
        report = grade(
            exercise, submission, seed=seed, limits=Limits(entry.seconds), wall=wall(name)
        )
        shown = "\n".join(line.plain for line in screen(report, Abilities(width=200)))
        record = as_record(report)
        json.dumps(record, allow_nan=False)
        problems += _undeserved(entry, report)
        problems += _shown(report, shown, record, around, seed)
        problems += _told(exercise, report, seed, name)
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        problems.append(f"the grader broke: {type(error).__name__}: {error}")
    seconds = time.monotonic() - began
    problems += [f"left: {path}" for path in sorted(around.left())]
    problems += [f"still runs: {process}" for process in _still(running)]
    verdict = "none" if report is None else str(report.verdict)
    points = 0.0 if report is None else report.points
    return Outcome(entry, name, verdict, points, seconds, tuple(problems))


def _undeserved(entry: Entry, report: Report) -> Iterator[str]:
    if str(report.verdict) not in entry.verdicts:
        troubles = [c.trouble for c in report.checks if c.trouble is not None]
        said = f"{report.verdict}, and not {' or '.join(entry.verdicts)}"
        yield f"{said}: {troubles[:1]} {report.printed[-500:]!r}"
    if any(c.verdict is Verdict.GRADER_FAULT for c in report.checks):
        yield "a fault of the grader"
    most = report.out_of if entry.points is None else entry.points
    if report.points > most or (entry.points is None and report.points < most):
        yield f"{report.points} points, and not {most}"


def _shown(
    report: Report, shown: str, record: Mapping[str, Any], around: Surroundings, seed: int
) -> Iterator[str]:
    """What a student sees: no secret, nothing that a terminal or a service would obey."""
    everything = f"{shown}\n{report.printed}\n{json.dumps(record)}"
    for word in (around.hidden, BREACH):
        if word in everything:
            at = everything.index(word)
            yield f"seen: {everything[at : at + 160]!r}"
    if str(seed) in report.printed:
        yield "the seed was printed"
    texts = [shown, *_texts(record)]
    if any(unicodedata.category(sign) in ("Cc", "Cf", "Cs") for text in texts for sign in text
           if sign not in "\n\t"):  # fmt: skip
        yield "a sign that a terminal obeys"
    for line in shown.splitlines():
        if line.lstrip().startswith(("::", "##[", "##vso")):
            yield f"a command of a service: {line!r}"


def _texts(value: Any) -> Iterator[str]:
    """All text in a record."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for pair in value.items() for part in pair for text in _texts(part))
    elif isinstance(value, list):
        yield from (text for part in value for text in _texts(part))


def _told(exercise: Exercise, report: Report, seed: int, name: str) -> Iterator[str]:
    """Whether a submission that earns nothing has printed a number that is right."""
    if report.points or not any(sign.isdecimal() for sign in report.printed):
        return
    path = HERE.parents[1] / "solutions" / exercise.name / exercise.file
    form = look(path.name, path.read_bytes(), exercise.called_names)
    with closing(wall(name)) as behind:
        asked = tasks(exercise, seed, behind)
        _run, transcript = Session(exercise, form, Limits(), behind).asked(
            [task.plan for task in asked], Limits()
        )
    right = {
        repr(number)
        for answer in transcript.answers
        for array in answer.arrays.values()
        for number in np.ravel(array).tolist()
    }
    assert right
    if any(number in report.printed for number in right if len(number) > len("0.123456")):
        yield "a right number was printed"


def _running() -> set[int]:
    return {process.pid for process in psutil.Process().children(recursive=True)}


def _still(before: set[int]) -> list[str]:
    """The processes that are there now and were not before; they may take a moment to end."""
    end = time.monotonic() + 5
    while True:
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        found = []
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                there = process.pid not in before and process.status() != psutil.STATUS_ZOMBIE
                if there and not _first(process.pid):
                    found.append(str(process))
        if not found or time.monotonic() > end:
            return found
        time.sleep(0.02)


def _first(pid: int) -> bool:
    """Whether it is the first process of a namespace, which a zygote has ready for the next run."""
    with suppress(FileNotFoundError):
        told = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
        numbers = next((line.split()[1:] for line in told if line.startswith("NSpid:")), [])
        return len(numbers) > 1 and numbers[-1] == "1"
    return False


_BEFORE: dict[Path, tuple[int, int] | None] = {}


def _zygotes() -> set[Path]:
    return {one.root for one in warm.running() if one.root is not None}


def _folders() -> tuple[Path, ...]:
    library = standard_library()
    packages = Path(np.__file__).parents[1]
    named = ("/", "/tmp", "/var/tmp", "/dev/shm", ".", "~")  # noqa: S108 - looked at only
    return (*(Path(name).expanduser() for name in named), packages, Path(np.__file__).parent,
            *library)  # fmt: skip


def _statuses(around: Surroundings) -> dict[Path, tuple[int, int] | None]:
    """How the files are that attacks write to: of others, of Python, of NumPy."""
    numpy, python = Path(np.__file__).parent, Path(os.__file__).parent
    paths = [around.neighbour / "rnn_step.py", *numpy.glob("*.py"), *python.glob("*.py")]
    paths += [*numpy.glob("__pycache__/*.pyc")]
    names = ("numpy.py", "sitecustomize.py", "usercustomize.py", "conftest.py", "results.json")
    paths += [folder / name for folder in _folders() for name in names]
    return {path: _status(path) for path in paths}


def _status(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _kept(around: Surroundings) -> dict[Path, bool]:
    """For each such file, whether it has changed."""
    return {path: _BEFORE.get(path) != now for path, now in _statuses(around).items()}


def main(names: list[str]) -> int:
    """Grade all of it behind each of these walls, and print what came of it."""
    failed = 0
    everything = [*entries("attacks"), *entries("unusual")]
    only = [word for word in names if word.endswith((".py", ".ipynb"))]
    for name in [word for word in names if word not in only]:
        with surroundings(name) as around:
            for entry in everything:
                if only and entry.file not in only:
                    continue
                found = graded(entry, name, around)
                failed += bool(found.problems)
                line = f"{name:10}  {entry.file:36} {found.verdict:14} {found.points:4.1f}"
                sys.stdout.write(f"{line} {found.seconds:6.2f} s\n")
                for problem in found.problems:
                    sys.stdout.write(f"      {problem}\n")
                sys.stdout.flush()
    sys.stdout.write(f"{failed} of them do not hold\n")
    return failed


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
