"""How the downloads of courses' systems name what is in them.

Moodle
    ``Ada Lovelace_1234_assignsubmission_file/lstm_step.py``; before 3.1, or with the option off,
    the same without folders: ``…_assignsubmission_file_lstm_step.py``; up to 4.0 an underscore
    more. The number is that of the participant. Read in mod/assign/classes/downloader.php of
    moodle/moodle. When something was handed in, the archive does not say.
Canvas
    ``lovelaceada_LATE_1234_56789_lstm_step-1.py``: the name, ``LATE`` where it is, the user, the
    attachment, and the file; ``anon_xYz12`` in the place of name and user where marking is blind.
    Read in lib/content_zipper.rb of instructure/canvas-lms. It does not say when, either.
Gradescope
    ``assignment_12_export/submission_345/lstm_step.py``, and beside the folders a
    ``submission_metadata.yml`` whose entries have, under keys that begin with a colon, the
    submitters (``:name``, ``:sid``, ``:email``) and ``:created_at``. Read off public scripts that
    read such a file; Gradescope has no page on it.

Only what the system itself names is believed: the first names below the folders around all
students, and a list that lies there. All further down, and all in an archive, a student has named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeAlias

from tracer.errors import FileError
from tracer.gradebook.found import Found, is_archive, is_program
from tracer.gradebook.handed import Student
from tracer.gradebook.naming import as_text
from tracer.language import _

METADATA = "submission_metadata.yml"

_MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<file>.*)",
    re.DOTALL,
)
_CANVAS = re.compile(
    r"(?:(?P<name>\w*?)_)??(?:(?P<late>LATE)_)?(?P<user>\d+|anon_[^\W_]+)_(?P<attachment>\d+)_"
    r"(?P<file>.+)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Placed:
    """A file in a download: whose it is, and the rest of its path.

    Attributes
    ----------
    found : Found
    students : tuple of Student
        More than one where a group handed it in.
    rest : tuple of str
        The path below what names the student; its last is the file as the student calls it.
    attempt : str
        What the system calls this attempt, or the path.
    time : datetime or None
    late : bool or None
    """

    found: Found
    students: tuple[Student, ...]
    rest: tuple[str, ...]
    attempt: str
    time: datetime | None = None
    late: bool | None = None


System: TypeAlias = Callable[[Found], Placed | None]
"""Whose a file is in the download of one course's system; None where that does not say it."""


def folders_around(paths: Sequence[Sequence[str]]) -> int:
    """How many folders lie around all that was handed in, one inside the other.

    An archive is none of them, and neither is what a course's system has named: that is one
    student's, though nobody else has handed anything in.

    Parameters
    ----------
    paths : sequence of sequence of str
        Every file, as its folders and its name; also those that are left out.
    """
    around = 0
    while True:
        within = [path[around:] for path in paths if len(path) > around]
        if any(list(path) == [METADATA] for path in within):
            return around
        tops = {
            path[0]
            for path in within
            if len(path) > 1 or is_program(path[0]) or is_archive(path[0])
        }
        if len(tops) != 1 or any(path[0] in tops and len(path) == 1 for path in within):
            return around
        (top,) = tops
        if is_archive(top) or _MOODLE.fullmatch(top):
            return around
        around += 1


def is_list(found: Found, around: int) -> bool:
    """Whether it is Gradescope's list of submissions, and lies where Gradescope puts it."""
    return found.parts[around:] == (METADATA,)


def system_of(found: Sequence[Found], others: Sequence[Found], around: int) -> System | None:
    """How a download names what is in it; None where people have named it.

    It is one system's as a whole or none's, so that no file of a student makes it another one's.

    Parameters
    ----------
    found : sequence of Found
        What may be an answer.
    others : sequence of Found
        All else.
    around : int
        How many folders lie around all that was handed in.

    Raises
    ------
    FileError
        If the list of submissions cannot be understood.
    """
    listed = [one for one in others if is_list(one, around)]
    if listed and all(
        len(one.parts) > around + 1 and not is_archive(one.parts[around]) for one in found
    ):
        return partial(_gradescope, _submissions(listed[0]), around)
    for system in (_canvas, _moodle):
        reads: System = partial(system, around)
        if (found or others) and all(map(reads, found or others)):
            return reads
    return None


def _moodle(around: int, found: Found) -> Placed | None:
    name, *rest = found.parts[around:] or ("",)
    match = _MOODLE.fullmatch(as_text(name))
    if match is None or not (match["file"] or rest):
        return None
    rest = [*filter(None, (match["file"],)), *rest]
    student = Student(match["number"], match["name"])
    return Placed(found, (student,), tuple(rest), as_text("/".join(rest)))


def _canvas(around: int, found: Found) -> Placed | None:
    name, *rest = found.parts[around:] or ("",)
    match = _CANVAS.fullmatch(as_text(name))
    if match is None or (rest and not is_archive(name)):  # it makes no folders
        return None
    attempt = as_text("/".join((match["attachment"], *rest)))
    student = Student(match["user"], match["name"] or "")
    late = match["late"] is not None
    return Placed(found, (student,), (match["file"], *rest), attempt, late=late)


def _gradescope(
    submissions: Mapping[str, Mapping[str, Any]], around: int, found: Found
) -> Placed | None:
    name, *rest = found.parts[around:] or ("",)
    entry = submissions.get(name)
    if entry is None or not rest:
        return None
    submitters = map(_submitter, _listed(entry.get(":submitters")))
    students = tuple(student for student in submitters if student.key)
    attempt = as_text("/".join((name, *rest)))
    return Placed(found, students, tuple(rest), attempt, _time(entry.get(":created_at")))


def _submissions(metadata: Found) -> Mapping[str, Mapping[str, Any]]:
    """The list, with texts for all that is no list or mapping: nothing else is made from it.

    So nothing in it unfolds to more than is written there; what has a tag of Ruby's is what it is
    written as.
    """
    import yaml

    said = _("cannot read {file}: {why}; expected the list of submissions that Gradescope writes")
    try:
        read = yaml.load(metadata.read(), yaml.BaseLoader)  # noqa: S506 - it makes only texts
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        why = " ".join(str(error).split())
        raise FileError(said.format(file=metadata.where, why=why)) from error
    if not isinstance(read, dict):
        raise FileError(said.format(file=metadata.where, why=_("it lists nothing")))
    return {str(name): entry for name, entry in read.items() if isinstance(entry, dict)}


def _submitter(one: Mapping[str, Any]) -> Student:
    said = {key: as_text(text) for key, text in one.items() if _is_said(text)}
    name, email = said.get(":name", ""), said.get(":email", "")
    return Student(said.get(":sid", "") or email or name, name, email)


def _is_said(value: Any) -> bool:
    """Whether it is a text, and none that YAML has for nothing."""
    return isinstance(value, str) and value.lower() not in ("", "~", "null")


def _listed(value: Any) -> list[Any]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _time(value: Any) -> datetime | None:
    """A moment, as YAML or Ruby's own object of it says it; without a time zone it is UTC."""
    if isinstance(value, dict):
        value = value.get("utc", value.get("time"))
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(re.sub(r"\s+(?=Z$|[-+]\d\d:?\d\d$)", "", value))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
