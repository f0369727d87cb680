"""One JSON file a submission, beside the gradebook: what was graded, how, and the whole report.

They are written from the gradebook, so that one that a kill, or somebody, has removed is there
again after the next run.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tracer.gradebook.store import Store, as_json
from tracer.storage.whole import remove_abandoned, replacing
from tracer.storage.writing import writing

FOLDER = "records"
SCHEMA = "tracer-record-4"
READ = (SCHEMA, "tracer-record-3", "tracer-record-2")
"""The schemas that are read. In 3, earlier answers were whole notebooks; in 2, there were none."""

_PLAIN = re.compile(r"[^A-Za-z0-9]+")
_LONGEST = 40


def path_of(folder: Path, keys: Mapping[str, str]) -> Path:
    """Where a record lies: an exercise a folder, and in the name the student and a digest.

    Whatever somebody is called, the name is one that every system takes, and no two are the same
    where capital letters do not count.

    Parameters
    ----------
    folder : Path
        That of the results.
    keys : mapping of str to str
        Student, exercise, attempt, digest and grader.
    """
    name = name_of(keys["student"], *(keys[name] for name in ("attempt", "digest", "grader")))
    return folder / FOLDER / keys["exercise"] / f"{name}.json"


def name_of(student: str, *more: str) -> str:
    """A name for a file or folder: the letters and digits of the student, and a digest of all."""
    mark = hashlib.sha256(json.dumps([student, *more]).encode()).hexdigest()[:16]
    name = _PLAIN.sub("-", student)[:_LONGEST].strip("-").lower()
    return f"{name or 'student'}-{mark}"


def write(folder: Path, record: Mapping[str, Any]) -> None:
    """Write one record, whole or not at all.

    Raises
    ------
    FileError
        If it cannot be written.
    """
    path = path_of(folder, {**record, "student": record["student"]["key"]})
    with writing():
        path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        temporary.write_text(as_json(record, indent=1) + "\n", encoding="utf-8")


def write_missing(folder: Path, store: Store) -> None:
    """Write those that are not there, and remove what a kill has left of one."""
    killed: dict[Path, bool] = {}
    for number, keys in store.graded():
        path = path_of(folder, keys)
        if path.is_file():
            continue
        if path.parent not in killed:  # the folder of a large class is not listed for each
            killed[path.parent] = any(path.parent.glob(".tracer-*"))
        if killed[path.parent]:
            remove_abandoned(path)
        write(folder, store.record(number))
