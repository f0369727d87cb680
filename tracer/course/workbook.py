"""A student's folder of exercises: hands them out, and remembers results and hints.

What is remembered lies in ``.tracer/progress.json``, which is also what tells a workbook from any
other folder. It is a convenience: a damaged file costs the ticks of ``tracer list`` and nothing
else, and ``tracer init`` makes a lost one anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tracer.errors import FileError
from tracer.exercises.discovery import home
from tracer.exercises.exercise import Exercise
from tracer.grading.report import Report, Verdict
from tracer.storage.whole import replacing

FOLDER = ".tracer"
PROGRESS = "progress.json"
PAGE = "README.md"
KEPT_BACK = ("exercise.toml", "hints.md")
"""What is not handed out: `tracer hint` reads the hints from tracer's own copy, one at a time."""


class Handed(NamedTuple):
    """One file that was handed out, or why it was not."""

    path: Path
    written: bool
    own_work: bool  # it was there before and is not the stub any more


class Result(NamedTuple):
    """How the last check of an exercise ended."""

    verdict: Verdict
    points: int
    failing: str  # the first check that did not pass; empty if there is none


@dataclass(slots=True)
class Workbook:
    """A folder made by ``tracer init``, and what is remembered of the work in it."""

    root: Path
    results: dict[str, Result] = field(default_factory=dict)
    hints: dict[str, int] = field(default_factory=dict)

    @classmethod
    def find(cls, start: Path) -> Workbook | None:
        """The workbook that `start` lies in, or None.

        One of somebody else further up, as anybody could make in ``/tmp``, is not meant.
        """
        for folder in (start, *start.parents):
            if (folder / FOLDER / PROGRESS).is_file() and _ours(folder, start):
                return cls.open(folder)
        return None

    @staticmethod
    def below(start: Path) -> list[Path]:
        """The workbooks that lie in the folder `start`, for who stands one folder too high."""
        try:
            folders = sorted(start.iterdir())
        except OSError:
            return []
        return [f for f in folders if (f / FOLDER / PROGRESS).is_file() and _ours(f, start)]

    @classmethod
    def open(cls, root: Path) -> Workbook:
        """Read what is remembered; what cannot be understood is forgotten."""
        book = cls(root)
        try:
            kept = json.loads((root / FOLDER / PROGRESS).read_text("utf-8"))
        except (OSError, ValueError, RecursionError):
            return book
        for name, result in _items(kept, "results"):
            if isinstance(result, list) and len(result) == 3 and result[0] in list(Verdict):
                points = result[1] if type(result[1]) is int else 0
                book.results[name] = Result(Verdict(result[0]), points, str(result[2]))
        for name, count in _items(kept, "hints"):
            if type(count) is int and count >= 0:
                book.hints[name] = count
        return book

    def save(self) -> None:
        """Write what is to be remembered, whole or not at all."""
        text = json.dumps({"results": self.results, "hints": self.hints}, indent=1)
        with replacing(self.root / FOLDER / PROGRESS) as temporary:
            temporary.write_text(text + "\n", encoding="utf-8")

    def remember(self, report: Report) -> None:
        """Keep the result of a check."""
        failing = report.first_failing
        name = failing.check.name if failing else ""
        self.results[report.exercise.name] = Result(report.verdict, report.points, name)
        self.save()

    def passed(self, exercise: Exercise) -> bool:
        """Whether the last check of that exercise was passed."""
        result = self.results.get(exercise.name)
        return result is not None and result.verdict is Verdict.PASSED

    def path(self, exercise: Exercise) -> Path:
        """Where the student writes the answer."""
        return self.root / exercise.name / exercise.file


def hand_out(root: Path, exercises: Sequence[Exercise]) -> list[Handed]:
    """Copy every exercise, and a page on all of them, into the folder `root`.

    A file that is there already stays as it is.

    Raises
    ------
    FileError
        If a folder or a file cannot be written.
    """
    handed = []
    try:
        (root / FOLDER).mkdir(parents=True, exist_ok=True)
        handed.append(_copy(home() / PAGE, root / PAGE))
        for exercise in exercises:
            place = root / exercise.name
            place.mkdir(exist_ok=True)
            for source in sorted(exercise.folder.iterdir()):
                if source.is_file() and source.name not in KEPT_BACK:
                    handed += [_copy(source, place / source.name)]
        if not (root / FOLDER / PROGRESS).exists():
            Workbook(root).save()
    except OSError as error:
        if isinstance(error, FileError):
            raise
        raise FileError(f"cannot write {error.filename}: {error.strerror or error}") from error
    return handed


def _copy(source: Path, target: Path) -> Handed:
    contents = source.read_bytes()
    if target.exists() or target.is_symlink():
        changed = not target.is_file() or target.read_bytes() != contents
        return Handed(target, written=False, own_work=changed)
    with replacing(target) as temporary:  # whole, or not there: half a file would look like work
        temporary.write_bytes(contents)
    return Handed(target, written=True, own_work=False)


def _ours(folder: Path, start: Path) -> bool:
    """Whether a workbook belongs to whoever is at work here, or to the owner of that place."""
    if os.name != "posix":
        return True
    try:
        owner = (folder / FOLDER).stat().st_uid
        return owner == os.getuid() or owner == start.stat().st_uid
    except OSError:
        return False


def _items(kept: Any, name: str) -> Iterator[tuple[str, Any]]:
    found = kept.get(name) if isinstance(kept, dict) else None
    yield from found.items() if isinstance(found, dict) else ()
