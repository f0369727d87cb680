"""One grade once more, from its record: what it hangs on, and whether that is the same here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tracer.errors import FileError, InputError
from tracer.exercises.submission import Submission
from tracer.gradebook.before import as_handed, read_earlier
from tracer.gradebook.handed import digest_of
from tracer.gradebook.naming import as_text
from tracer.gradebook.records import READ, SCHEMA
from tracer.language import _, quoted, quoted_file

LARGEST = 2**27
"""Bytes of a record. One of ours has far fewer: a report, and at most 1 MiB of code of each earlier
answer, which JSON makes up to twelve times as long."""

SHORTEST, LONGEST = 0.1, 3600.0
"""Seconds that a time limit can be."""

_KINDS: dict[str, type | tuple[type, ...]] = {
    "exercise": str, "file": str, "digest": str, "seed": int, "grader": str, "wall": str,
    "attempt": str, "verdict": str, "points": (int, float), "out_of": int, "student": dict,
    "report": dict, "time_limit": (int, float), "python": str, "numpy": str,
}  # fmt: skip
_ENDED: dict[str, type | tuple[type, ...]] = {
    "name": str, "verdict": str, "points": (int, float), "out_of": int,
}  # fmt: skip


def read_record(path: Path) -> dict[str, Any]:
    """The record in a file.

    Raises
    ------
    FileError
        If it cannot be read, or is none of ours.
    """
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST + 1)
        found = (
            json.loads(text.decode("utf-8"), parse_constant=_no_number)
            if len(text) <= LARGEST
            else None
        )
    except OSError as error:
        why = error.strerror or error
        raise FileError(_("cannot read {file}: {why}").format(file=path, why=why)) from error
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or "schema" not in found:
        said = _("{file} is no record of a grade; tracer grade writes them into records/")
        raise FileError(said.format(file=path))
    if found["schema"] not in READ:
        said = _("{file} is of the schema {found}; this tracer reads {wanted}")
        raise FileError(said.format(file=path, found=found["schema"], wanted=SCHEMA))
    missing = [*_unfit(found, _KINDS)]
    if not missing and not 0 <= found["seed"] < 2**32:
        missing = ["seed"]
    if not missing and not SHORTEST <= found["time_limit"] <= LONGEST:
        missing = ["time_limit"]
    if not missing:
        checks = found["report"].get("checks")
        fits = isinstance(checks, list) and all(isinstance(c, dict) for c in checks)
        missing = [*({name for c in checks for name in _unfit(c, _ENDED)} if fits else ["checks"])]
    if not missing and read_earlier(found) is None:
        missing = ["earlier"]
    if missing:
        said = _("{file} is not as tracer wrote it: {key} is missing, or of another kind")
        raise FileError(said.format(file=path, key=min(missing)))
    return found


def _no_number(word: str) -> None:
    """Refuse Infinity and NaN, which JSON does not have."""
    raise ValueError(word)


def _unfit(table: dict[str, Any], kinds: dict[str, type | tuple[type, ...]]) -> list[str]:
    return [
        name
        for name, kind in kinds.items()
        if not isinstance(table.get(name), kind) or isinstance(table[name], bool)
    ]


def submission_of(record: dict[str, Any], path: Path) -> Submission:
    """The file at `path`, if it is the one that was graded.

    Raises
    ------
    FileError
        If it cannot be read.
    InputError
        If it is another one.
    """
    found = Submission.read(path)
    if digest_of(found.source) != record["digest"]:
        said = _(
            "{file} is not what was graded: something else stands in it. To check it as it is: "
            "{command}"
        )
        command = f"tracer check {quoted_file(str(path))} --exercise {quoted(record['exercise'])}"
        raise InputError(said.format(file=path, command=command))
    earlier = as_handed(read_earlier(record) or ())
    return Submission(as_text(record["file"]), found.source, earlier)
