"""A student's folder of exercises, and what is remembered of results and hints.

What is remembered lies in ``.tracer/progress.json``, which is also what tells a workbook from any
other folder. It is a convenience: a damaged file costs the ticks of ``tracer list`` and nothing
else, and ``tracer init`` makes a lost one anew. Several commands at once remember all of theirs:
each locks the file, reads it anew, and writes it.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tracer.course.kept import DamagedError, Kept, Result, Work
from tracer.errors import FileError
from tracer.exercises.earlier import all_earlier
from tracer.exercises.exercise import Folder
from tracer.exercises.form import digest
from tracer.exercises.submission import Submission
from tracer.grading.report import Report, Verdict
from tracer.language import _
from tracer.storage.locking import locked
from tracer.storage.whole import remove_abandoned, replacing

FOLDER = ".tracer"
PROGRESS = "progress.json"
WAIT = 10.0
"""Seconds that another command may need; it writes a small file, but a machine may be busy."""


@dataclass(slots=True)
class Workbook:
    """A folder made by ``tracer init``, and what is remembered of the work in it.

    Attributes
    ----------
    root : Path
    kept : Kept
        What is remembered, as the file had it when it was last read.
    lost : str
        Why nothing is known of earlier work; empty where that is known.
    """

    root: Path
    kept: Kept = field(default_factory=Kept)
    lost: str = ""

    @classmethod
    def find(cls, start: Path) -> Workbook | None:
        """The workbook that `start` lies in, or None.

        One of somebody else further up, as anybody could make in ``/tmp``, is not meant.
        """
        for folder in (start, *start.parents):
            if _is_workbook(folder) and _ours(folder, start):
                return cls.open(folder)
        return None

    @staticmethod
    def below(start: Path) -> list[Path]:
        """The workbooks that lie in the folder `start`, for who stands one folder too high."""
        try:
            folders = sorted(start.iterdir())
        except OSError:
            return []
        return [f for f in folders if _is_workbook(f) and _ours(f, start)]

    @classmethod
    def open(cls, root: Path) -> Workbook:
        """Read what is remembered. Where that is not possible, `lost` says why."""
        book = cls(root)
        try:
            book.kept = Kept.read(book._file)
        except FileError as error:
            book.lost = str(error)
        return book

    @property
    def results(self) -> dict[str, Result]:
        """How the last check of each exercise ended, by the exercise's name."""
        return self.kept.results

    @property
    def hints(self) -> dict[str, int]:
        """How many hints were given; see `Kept`."""
        return self.kept.hints

    def work(self, exercise: Folder) -> Work:
        """What was done at an exercise."""
        return self.kept.work.get(exercise.name, Work())

    def remember(self, report: Report) -> None:
        """Keep the result of a check, here in any case, and in the file.

        Raises
        ------
        FileError
            If the file cannot be written, or another command does not let go of it.
        """
        from tracer.grading.earlier import at_fault  # loaded with the grader, and not to list

        failing, before = report.first_failing, at_fault(report)
        name = failing.check.name if failing else ""
        result = Result(
            report.verdict, report.points, name, report.form.digest, report.form.file,
            " ".join(report.wrong), _imported(report), before.name if before else "",
        )  # fmt: skip
        exercise = report.exercise.name
        last = self.results.get(exercise)
        self.results[exercise] = result
        with self._changed() as kept:
            last = kept.results.get(exercise, last)
            worked = kept.work.get(exercise, Work())
            kept.results[exercise] = result
            kept.work[exercise] = worked.after(result, last, int(time.time()))

    def give_hint(self, key: str, number: int) -> None:
        """Keep how far the hints were given under this key; raises as `remember`."""
        with self._changed() as kept:
            kept.hints[key] = number

    def forget(self, exercise: Folder) -> None:
        """Keep nothing of an exercise any more; raises as `remember`."""
        with self._changed() as kept:
            kept.forget(exercise.name)

    @contextmanager
    def _changed(self) -> Iterator[Kept]:
        """What other commands have remembered by now, to be changed and written."""
        with locked(self._file, _("the results in {folder}").format(folder=self.root), WAIT):
            self.lost = ""
            try:
                kept = Kept.read(self._file)
            except DamagedError as error:  # nothing in it can be kept
                self.lost, kept = str(error), Kept()
            yield kept
            self._write(kept)
            self.kept = kept

    @property
    def _file(self) -> Path:
        return self.root / FOLDER / PROGRESS

    def _write(self, kept: Kept) -> None:
        remove_abandoned(self._file)  # of a command that was killed while it wrote
        with replacing(self._file) as temporary:
            temporary.write_text(kept.text(), encoding="utf-8")

    @classmethod
    def begin(cls, root: Path) -> None:
        """Make the folder `root` a workbook; one that is there stays as it is."""
        (root / FOLDER).mkdir(parents=True, exist_ok=True)
        book = cls(root)
        with locked(book._file, _("the results in {folder}").format(folder=root), WAIT):
            if not book._file.exists():
                book._write(Kept())

    def passed(self, exercise: Folder) -> bool:
        """Whether the last check of that exercise was passed."""
        result = self.results.get(exercise.name)
        return result is not None and result.verdict is Verdict.PASSED

    def path(self, exercise: Folder) -> Path:
        """Where the student writes the answer."""
        return answer_in(self.root / exercise.name, exercise)

    def answers(self, exercise: Folder) -> list[Path]:
        """The files whose results are remembered: the stub, and a notebook beside it."""
        file = self.root / exercise.name / exercise.file
        return [file.resolve(), file.with_suffix(".ipynb").resolve()]

    def changed(self, exercise: Folder) -> bool:
        """Whether the answer is another one than that of its last check, as far as can be seen.

        So it is where an earlier answer is another one that it imports.
        """
        result = self.results.get(exercise.name)
        if result is None or not result.digest:
            return False
        files = {f"{exercise.name}/{result.file}": result.digest, **result.imported}
        try:
            return any(
                digest(Submission.read(self.root / file).source) != kept
                for file, kept in files.items()
            )
        except FileError:
            return True  # it is gone, or not to be read any more


def _imported(report: Report) -> str:
    """The files of the earlier answers that were run with an answer, with their digests."""
    found = {
        f"{one.exercise.name}/{one.form.file}": one.form.digest
        for one in all_earlier(report.form).values()
    }
    return json.dumps(found) if found else ""


def answer_in(folder: Path, exercise: Folder) -> Path:
    """The answer in a folder: the file that the exercise asks for, or a notebook in its place.

    A stub that nobody has touched is no answer where there is a notebook.
    """
    file = folder / exercise.file
    notebook = file.with_suffix(".ipynb")
    if not notebook.is_file():
        return file
    try:
        untouched = not file.exists() or file.read_bytes() == exercise.stub.read_bytes()
    except OSError:
        return file
    return notebook if untouched else file


def _ours(folder: Path, start: Path) -> bool:
    """Whether a workbook belongs to whoever is at work here, or to the owner of that place."""
    if os.name != "posix":
        return True
    try:
        owner = (folder / FOLDER).stat().st_uid
        return owner == os.getuid() or owner == start.stat().st_uid
    except OSError:
        return False


def _is_workbook(folder: Path) -> bool:
    try:
        return (folder / FOLDER / PROGRESS).is_file()
    except OSError:  # a folder that may not be looked into
        return False
