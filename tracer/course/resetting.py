"""Begins an exercise anew: the file as it was handed out, and the old answer kept beside it."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path
from typing import NamedTuple

from tracer.course.as_notebook import SUFFIX, in_place_of_stub, notebook
from tracer.course.workbook import Workbook
from tracer.errors import FileError
from tracer.exercises.exercise import Folder
from tracer.exercises.form import digest
from tracer.exercises.reading import read
from tracer.language import _
from tracer.storage.whole import replacing
from tracer.storage.writing import writing


class Reset(NamedTuple):
    """What is to be done, and where the old answer is kept; None where there is none to keep."""

    answer: Path
    kept: Path | None


def planned(book: Workbook, exercise: Folder) -> Reset | None:
    """What `reset` would do; None if the file is as it was handed out."""
    path = book.path(exercise)
    if not path.exists() and not path.is_symlink():
        return Reset(path, None)
    try:
        if digest(path.read_bytes()) == digest(_handed_out(book, exercise)[1]):
            return None
    except OSError as error:
        said = _("cannot read {file}: {why}")
        raise FileError(said.format(file=path, why=error.strerror or str(error))) from error
    names = (path.with_name(f"{path.stem}.old-{n}{path.suffix}") for n in count(1))
    return Reset(path, next(name for name in names if not os.path.lexists(name)))


def reset(book: Workbook, exercise: Folder) -> Reset | None:
    """Put the file back as it was handed out, and forget its results; None if it is so already.

    The old answer is on the disk under its new name before anything else is done.

    Raises
    ------
    FileError
        If something cannot be written; then the answer is where it was.
    """
    asked = planned(book, exercise)
    if asked is None:
        return None
    with writing():
        asked.answer.parent.mkdir(parents=True, exist_ok=True)
        if asked.kept is not None:
            _copy(asked.answer, asked.kept)
        stub, contents = _handed_out(book, exercise)
        if stub != asked.answer and asked.kept is not None:  # a notebook beside the stub
            asked.answer.unlink()
        with replacing(stub) as temporary:
            temporary.write_bytes(contents)
    book.forget(exercise)
    return asked._replace(answer=stub)


def _handed_out(book: Workbook, exercise: Folder) -> tuple[Path, bytes]:
    """The file that was handed out, and what was in it: the stub, or a notebook in its place."""
    folder = book.root / exercise.name
    if in_place_of_stub(folder, exercise):
        return (folder / exercise.file).with_suffix(SUFFIX), notebook(read(exercise.folder))
    return folder / exercise.file, exercise.stub.read_bytes()


def _copy(source: Path, target: Path) -> None:
    """A copy under a name that nobody has yet, written to the disk."""
    with target.open("xb") as file:
        file.write(source.read_bytes())
        file.flush()
        os.fsync(file.fileno())
