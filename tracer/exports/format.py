"""What a format for the results of a class is, and what may be asked of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from tracer.exports.course import Course


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for beside the format.

    Attributes
    ----------
    into : Path or None
        A file that was downloaded from the course's system, which the points are put into.
    column : str or None
        The column of that file for the points.
    scale : bool
        Whether points become a share of what the course's system gives.
    """

    into: Path | None = None
    column: str | None = None
    scale: bool = False


@dataclass(frozen=True, slots=True)
class ClassFormat:
    """A form for the results of a class.

    Attributes
    ----------
    what : str
        It in a few words, for the help.
    write : callable
        Writes a course to a stream as a wish says, and gives back what a person should know.
    merges : bool
        Whether it can be put into a file of the course's system.
    """

    what: str
    write: Callable[[Course, Wish, TextIO], Sequence[str]]
    merges: bool = False
