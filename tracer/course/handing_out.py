"""Hands the exercises out: what is nobody's work is brought up to date, what is somebody's stays.

In ``.tracer/handed.json`` stands of each file what it was when it was handed out. A file that is
still the same has been touched by nobody.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from tracer.course.as_notebook import SUFFIX, begun_as_notebooks, notebook
from tracer.course.page import PAGE, for_notebooks, page
from tracer.course.workbook import FOLDER, Workbook
from tracer.exercises.exercise import Exercise
from tracer.exercises.form import digest
from tracer.storage.whole import replacing
from tracer.storage.writing import writing

RECORD = "handed.json"

KEPT_BACK = ("exercise.toml", "hints.md", "reference.py", "mistakes.toml")
"""What is not handed out: `tracer hint` reads the hints from tracer's own copy, one at a time."""


class Handed(NamedTuple):
    """One file that was handed out, or why it was not."""

    path: Path
    written: bool
    own_work: bool  # it was there before and is not what is handed out now


def hand_out(
    root: Path,
    exercises: Sequence[Exercise],
    beside: Iterable[tuple[Path, str | bytes]] = (),
    *,
    notebooks: bool = False,
) -> list[Handed]:
    """Copy every exercise, and a page on all of them, into the folder `root`.

    The page is the one beside the exercises, or one that lists them. A file that is there already
    stays as it is, unless it is an older one that nobody has changed.

    Parameters
    ----------
    root : Path
    exercises : sequence of Exercise
    beside : iterable of (Path, str or bytes)
        Further files by their places in the folder, for editors; once there, they stay.
    notebooks : bool
        Whether each exercise is one notebook; a folder that was begun so goes on so.

    Raises
    ------
    FileError
        If a folder or a file cannot be written.
    """
    notebooks = notebooks or begun_as_notebooks(root, exercises)
    handed = []
    with writing():
        (root / FOLDER).mkdir(parents=True, exist_ok=True)
        before = _recorded(root)
        for exercise in exercises:  # a folder also where a course hands out no file for it
            (root / exercise.name).mkdir(exist_ok=True)
        files = dict(_files(exercises, notebooks=notebooks))
        for name, contents in files.items():
            handed.append(_written(contents, root / name, before.get(name, "")))
        for path, whole in beside:
            (root / path).parent.mkdir(exist_ok=True)
            contents = whole if isinstance(whole, bytes) else whole.encode()
            handed.append(_written(contents, root / path)._replace(own_work=False))
        theirs = {one.path for one in handed if one.own_work}
        now = {n: _mark(contents) for n, contents in files.items() if root / n not in theirs}
        _record(root, {**before, **now})
        Workbook.begin(root)
    return handed


def _files(exercises: Sequence[Exercise], *, notebooks: bool) -> Iterator[tuple[str, bytes]]:
    """What is handed out, by its place in the folder; a notebook in the place of the stub."""
    own = exercises[0].folder.parent / PAGE
    text = own.read_text("utf-8") if own.is_file() else page(exercises)
    yield PAGE, (for_notebooks(text) if notebooks else text).encode()
    for exercise in exercises:
        inside = (exercise.file,) if notebooks else ()
        for source in sorted(exercise.folder.iterdir()):
            if source.is_file() and source.name not in (*KEPT_BACK, *inside):
                yield f"{exercise.name}/{source.name}", source.read_bytes()
        if notebooks:
            name = Path(exercise.file).with_suffix(SUFFIX).name
            yield f"{exercise.name}/{name}", notebook(exercise)


def _written(contents: bytes, target: Path, before: str = "") -> Handed:
    """Write a file, if there is none, or one that is still what it was `before`."""
    if target.exists() or target.is_symlink():
        there = target.read_bytes() if target.is_file() else None
        old = there is not None and there != contents and _mark(there) == before
        if target.is_symlink() or not old:
            changed = there is None or digest(there) != digest(contents)
            return Handed(target, written=False, own_work=changed)
    with replacing(target) as temporary:  # whole, or not there: half a file would look like work
        temporary.write_bytes(contents)
    return Handed(target, written=True, own_work=False)


def _mark(contents: bytes) -> str:
    """What tells a file from every other one."""
    return sha256(contents).hexdigest()


def _recorded(root: Path) -> Mapping[str, str]:
    """What each file was when it was handed out; nothing where that cannot be read."""
    try:
        found = json.loads((root / FOLDER / RECORD).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _record(root: Path, marks: Mapping[str, str]) -> None:
    with replacing(root / FOLDER / RECORD) as temporary:
        temporary.write_text(json.dumps(marks, indent=1) + "\n", encoding="utf-8")
