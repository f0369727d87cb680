"""A class as Parquet: a row for each student and exercise, for whoever computes with the grades.

A column has one type: what is not known is null, where the CSV has a word or an empty cell. The
package pyarrow writes it, which tracer does not need otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from tracer.errors import FileError
from tracer.gradebook.counting import Result, Row
from tracer.gradebook.handed import Student
from tracer.language import _
from tracer.storage.whole import replacing

COLUMNS = {
    "student": "string",
    "name": "string",
    "email": "string",
    "exercise": "string",
    "points": "float64",
    "out_of": "int32",
    "attempts": "int32",
    "verdict": "string",
    "attempt": "string",
    "handed_in": "timestamp",
    "late_seconds": "float64",
    "counts": "bool_",
    "dropped": "bool_",
    "set_by_hand": "bool_",
    "comment": "string",
}
"""Each column and its type; ``handed_in`` is in UTC."""


def writer() -> ModuleType:
    """The package that writes it.

    Raises
    ------
    FileError
        If it is not there.
    """
    try:
        return import_module("pyarrow")
    except ImportError as error:
        said = _("Parquet needs the package pyarrow: pip install 'rnn-tracer[parquet]'")
        raise FileError(said) from error


def write_parquet(rows: Sequence[Row], students: Mapping[str, Student], path: Path) -> None:
    """Write what each student has earned, whole or not at all.

    Parameters
    ----------
    rows : sequence of Row
    students : mapping of str to Student
        By their keys.
    path : Path
    """
    pa = writer()
    kinds = {name: getattr(pa, kind) for name, kind in COLUMNS.items()}
    fields = [
        (name, kind("us", tz="UTC") if COLUMNS[name] == "timestamp" else kind())
        for name, kind in kinds.items()
    ]
    records = [_record(students[row.student], result) for row in rows for result in row.results]
    table = pa.Table.from_pylist(records, schema=pa.schema(fields))
    parquet = import_module("pyarrow.parquet")
    with replacing(path) as temporary:
        parquet.write_table(table, temporary)


def _record(student: Student, result: Result) -> dict[str, Any]:
    fact, mark = result.counted or result.last, result.mark
    guessed = result.untold or bool(result.late)  # by the rules, where no time is known
    timed = fact is not None and (fact.time is not None or not guessed)
    return {
        "student": student.key,
        "name": student.name,
        "email": student.email,
        "exercise": result.exercise,
        "points": result.points if result.there else None,
        "out_of": result.out_of,
        "attempts": result.attempts,
        "verdict": None if fact is None else fact.verdict,
        "attempt": None if fact is None else fact.attempt,
        "handed_in": None if fact is None else fact.time,
        "late_seconds": result.late.total_seconds() if timed else None,
        "counts": None if fact is None else result.counted is not None,
        "dropped": result.dropped,
        "set_by_hand": result.set_by_hand,
        "comment": "" if mark is None else mark.comment,
    }
