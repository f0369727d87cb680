"""What a class has handed in: who, which exercise, which attempt, when, and the bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Student:
    """A student as the course's system calls them; `key` tells one from another."""

    key: str
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One file that a student handed in for one exercise.

    Attributes
    ----------
    student : Student
    exercise : str
        Its folder's name: ``"22_lstm_step"``.
    attempt : str
        What tells this attempt from the student's others: the number that the course's system gave
        it, or the path of the file.
    file : str
        What the student calls it.
    where : str
        Where in what was given it lies.
    source : bytes
    time : datetime or None
        When it was handed in, with its time zone; None where nothing says so.
    late : bool or None
        Whether the course's system calls it late; None where it says nothing of that.
    only_imported : bool
        Whether it is no attempt, and there only to be imported by the answer beside it.
    """

    student: Student
    exercise: str
    attempt: str
    file: str
    where: str
    source: bytes = field(repr=False)
    time: datetime | None = None
    late: bool | None = None
    only_imported: bool = False

    @property
    def digest(self) -> str:
        """That of the file."""
        return digest_of(self.source)


class Before(NamedTuple):
    """An answer of the same student to an exercise before, which a later one imports.

    Of a notebook `source` has the code cells alone; `time` is when it was handed in.
    """

    exercise: str
    file: str
    source: bytes
    time: datetime | None = None

    @property
    def digest(self) -> str:
        """That of what is kept of the file."""
        return digest_of(self.source)


def latest(time: datetime | None, of_earlier: Iterable[datetime | None]) -> datetime | None:
    """When an answer was handed in as it runs: with the last of the files that it runs with.

    Where nothing says when it was handed in itself, the times of the others say nothing either.
    """
    return time and max([time, *(one for one in of_earlier if one is not None)])


def digest_of(source: bytes) -> str:
    """What two files have in common only if they are the same."""
    return hashlib.sha256(source).hexdigest()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that is not graded, and why.

    `foreign` is whether it need not be anybody's answer: a page of notes, or a module of helpers
    beside the file that has the function.
    """

    where: str
    why: str
    foreign: bool = False
