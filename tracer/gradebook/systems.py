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
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tracer.errors import FileError
from tracer.gradebook.found import Found
from tracer.gradebook.handed import Student
from tracer.gradebook.naming import as_text
from tracer.language import _

METADATA = "submission_metadata.yml"

_MOODLE = re.compile(
    r"(?P<name>.+?)(?:_(?P<number>\d+))?_assignsubmission_(?:file|onlinetext)_?(?P<file>.*)",
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


def moodle(found: Found) -> Placed | None:
    """A file of a Moodle download; None where it is not named like one."""
    for k, part in enumerate(found.parts):
        match = _MOODLE.fullmatch(as_text(part))
        if match is None:
            continue
        rest = (*((match["file"],) if match["file"] else ()), *found.parts[k + 1 :])
        if not rest:
            return None
        student = Student(match["number"] or match["name"], match["name"])
        return Placed(found, (student,), rest, as_text("/".join(rest)))
    return None


def canvas(found: Found) -> Placed | None:
    """A file of a Canvas download; None where it is not named like one."""
    for k, part in enumerate(found.parts):
        match = _CANVAS.fullmatch(as_text(part))
        if match is None:
            continue
        rest = (match["file"], *found.parts[k + 1 :])
        attempt = as_text("/".join((match["attachment"], *found.parts[k + 1 :])))
        student = Student(match["user"], match["name"] or "")
        return Placed(found, (student,), rest, attempt, late=match["late"] is not None)
    return None


def gradescope(found: Sequence[Found], metadata: Found) -> list[Placed]:
    """Every file of a Gradescope download that belongs to a submission.

    Raises
    ------
    FileError
        If the list of submissions cannot be understood.
    """
    base = metadata.parts[:-1]
    submissions = _submissions(metadata)
    placed = []
    for one in found:
        name, *rest = one.parts[len(base) :] if one.parts[: len(base)] == base else ("",)
        entry = submissions.get(name)
        if entry is not None and rest:
            students = tuple(map(_submitter, _listed(entry.get(":submitters"))))
            attempt = as_text("/".join((name, *rest)))
            time = _time(entry.get(":created_at"))
            placed.append(Placed(one, students, tuple(rest), attempt, time))
    return placed


def _submissions(metadata: Found) -> Mapping[str, Mapping[str, Any]]:
    import yaml

    class Loader(yaml.SafeLoader):  # type: ignore[misc] # it has no types
        """Plain values only; an object of Ruby's is the mapping that it is written as."""

    def as_mapping(loader: Any, _tag: str, node: Any) -> Any:
        return (
            loader.construct_mapping(node, deep=True)
            if isinstance(node, yaml.MappingNode)
            else None
        )

    Loader.add_multi_constructor("!ruby/", as_mapping)
    said = _("cannot read {file}: {why}; expected the list of submissions that Gradescope writes")
    try:
        read = yaml.load(metadata.read(), Loader)  # noqa: S506 - it is a safe one
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        why = " ".join(str(error).split())
        raise FileError(said.format(file=metadata.where, why=why)) from error
    if not isinstance(read, dict):
        raise FileError(said.format(file=metadata.where, why=_("it lists nothing")))
    return {str(name): entry for name, entry in read.items() if isinstance(entry, dict)}


def _submitter(one: Any) -> Student:
    said = {key: as_text(str(value)) for key, value in one.items() if value is not None}
    name, email = said.get(":name", ""), said.get(":email", "")
    return Student(said.get(":sid", "") or email or name, name, email)


def _listed(value: Any) -> list[Any]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _time(value: Any) -> datetime | None:
    """A moment, as YAML or Ruby's own object of it says it; without a time zone it is UTC."""
    if isinstance(value, dict):
        value = value.get("utc", value.get("time"))
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)
