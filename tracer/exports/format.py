"""What a format is: one for the results of a class, or an autograder for one submission."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO, TypeAlias

from tracer.exports.course import Course
from tracer.exports.graded import Graded, Places
from tracer.exports.settings import Settings

Environment: TypeAlias = Mapping[str, str]
JSON: TypeAlias = dict[str, Any]


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


@dataclass(frozen=True, slots=True)
class BoxFormat:
    """An autograder: one submission, graded where somebody else's system runs it.

    Attributes
    ----------
    what : str
        It in a few words, for the help.
    scripts : mapping of str to str
        Files of the archive by their names, beside tracer itself and the settings; they can be run.
    folder : str
        Where in the archive tracer itself and the settings lie; empty for beside the scripts.
    places : callable
        What the box says, from the variables of the environment.
    written : callable
        What is written, from the exercises that were graded, the settings, and the variables: JSON
        for the result, and texts of files beside it by their names.
    public : bool
        Whether students can read the archive.
    """

    what: str
    scripts: Mapping[str, str]
    places: Callable[[Environment], Places]
    written: Callable[[Sequence[Graded], Settings, Environment], tuple[JSON, Mapping[str, str]]]
    folder: str = ""
    public: bool = False
