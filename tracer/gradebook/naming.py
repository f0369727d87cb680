"""Names in any script: as text that can be kept and compared, and whose file for which exercise."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import PurePath
from typing import NamedTuple

from tracer.exercises.exercise import Folder
from tracer.exercises.naming import meant

_BETWEEN = re.compile(r"[-_ .]+")
_WORD = r"(?:[-_ ]+(?:exercise|ex|task|problem|no))"
_NUMBER = re.compile(rf"{_WORD}?[-_ ]+(?P<number>\d\d)$|{_WORD}$", re.IGNORECASE)
"""What stands between a student and the name of an exercise, and belongs to the exercise."""


class Whose(NamedTuple):
    """Whose file it is, and for which exercise; each empty where the path does not say it."""

    student: str
    exercise: str


def as_text(name: str) -> str:
    r"""A name that every file and data base can hold, the same on every system.

    macOS takes letters and their accents apart, so they are put together (NFC). A byte that is no
    text in the encoding of this system is written out, as ``\xff``.
    """
    raw = name.encode("utf-8", "surrogateescape" if _is_escaped(name) else "backslashreplace")
    return unicodedata.normalize("NFC", raw.decode("utf-8", "backslashreplace"))


def _is_escaped(name: str) -> bool:
    """Whether all that UTF-8 cannot hold in it are bytes that Python has put there."""
    return all(not "\ud800" <= c <= "\udfff" or "\udc80" <= c <= "\udcff" for c in name)


def whose(parts: Sequence[str], exercises: Sequence[Folder], root: str) -> Whose:
    """Read a path: a folder a student, a folder an exercise, or both in the name of the file.

    Parameters
    ----------
    parts : sequence of str
        The folders from what was given down to the file, and its name.
    exercises : sequence of Folder
    root : str
        The name of the folder that was given, or in which the file lies that was given.
    """
    *folders, file = parts
    named = _one(file, exercises)
    before = ""
    if named is None:
        before, named = _split(file, exercises)
    else:
        before = _before(file, named)
    of_folders = [_one(folder, exercises) for folder in folders]
    exercise = named or next((e for e in reversed(of_folders) if e is not None), None)
    persons = [f for f, e in zip(folders, of_folders, strict=True) if e is None]
    student = persons[0] if persons else before
    if not student:
        student = root if named is not None else PurePath(file).stem
    return Whose(as_text(student), exercise.name if exercise is not None else "")


def _one(name: str, exercises: Sequence[Folder]) -> Folder | None:
    found = meant(name, exercises)
    return found[0] if len(found) == 1 else None


def _split(file: str, exercises: Sequence[Folder]) -> tuple[str, Folder | None]:
    """``ada_lstm_step.py``: the student, and the exercise that the rest of the name means."""
    for found in reversed(list(_BETWEEN.finditer(file))):
        exercise = _one(file[found.end() :], exercises)
        if exercise is not None and found.start():
            return _without_number(file[: found.start()], exercise), exercise
    return "", None


def _before(file: str, exercise: Folder) -> str:
    """What stands before the exercise in the name of a file that means it as a whole."""
    longest = ""
    for found in _BETWEEN.finditer(file):
        if _one(file[found.end() :], [exercise]) is not None:
            longest = file[: found.start()]
    return _without_number(longest, exercise)


def _without_number(before: str, exercise: Folder) -> str:
    number = _NUMBER.search(before)
    if number is not None and number["number"] in (None, exercise.number):
        return before[: number.start()]
    return before
