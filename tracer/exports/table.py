"""A table of CSV that was downloaded from a course's system: read, filled in, written as it was.

What stands in it stays, but for the cells that are filled in, and for those that a spreadsheet
would take for a formula in columns that the system does not read back.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Sequence
from io import StringIO
from pathlib import Path
from typing import TextIO

from tracer.errors import FileError
from tracer.exports.course import Course, Item, there
from tracer.gradebook.counting import Row
from tracer.language import _, plural
from tracer.view.export.to_csv import safe_word
from tracer.view.say.words import clean

LARGEST = 2**26

NAMED = 10
"""Of students who are not found, so many are named."""


class Table:
    """The rows of a file; the first is the header."""

    def __init__(self, path: Path, wanted: Sequence[str]) -> None:
        """Read it; `wanted` are the columns that it must have."""
        try:
            if path.stat().st_size > LARGEST:
                raise FileError(_("cannot read {file}: it is too large").format(file=path))
            text = path.read_bytes().decode("utf-8-sig")
        except (OSError, UnicodeError) as error:
            why = getattr(error, "strerror", None) or error
            raise FileError(_("cannot read {file}: {why}").format(file=path, why=why)) from error
        self.path = path
        self.separator = max(",;\t", key=text.partition("\n")[0].count)
        try:
            reader = csv.reader(StringIO(text, newline=""), delimiter=self.separator)
            self.rows = [row for row in reader if row]
        except csv.Error as error:
            raise FileError(_("cannot read {file}: {why}").format(file=path, why=error)) from error
        self.header = [cell.strip() for cell in self.rows[0]] if self.rows else []
        for name in wanted:
            if not self.places(name):
                said = _("{file} has no column {name}; its columns are {known}")
                known = ", ".join(clean(cell) for cell in self.header) or _("none")
                raise FileError(said.format(file=path, name=name, known=known))
        for row in self.rows:  # a spreadsheet leaves empty cells at the end out
            row.extend([""] * (len(self.header) - len(row)))

    def places(self, name: str) -> list[int]:
        """Where columns of this name stand; in other capital letters, where none is written so."""
        wanted = name.strip()
        for fold in (str, str.casefold):
            if found := [k for k, cell in enumerate(self.header) if fold(cell) == fold(wanted)]:
                return found
        return []

    def column(self, name: str) -> int:
        """The place of a column by its header.

        Raises
        ------
        FileError
            If there is none, or there are several.
        """
        places = self.places(name)
        if len(places) == 1:
            return places[0]
        said = _("no column of {file} is called {name}; its columns are {known}")
        if places:
            said = _(
                "{count} columns of {file} are called {name}, so it is not clear which is meant; "
                "its columns are {known}"
            )
        known = ", ".join(map(clean, self.header)) or _("none")
        raise FileError(
            said.format(file=self.path, count=len(places), name=clean(name), known=known)
        )

    def write(self, stream: TextIO, *, safe: Collection[int]) -> None:
        """Write it, with formulas written out in the `safe` columns."""
        table = csv.writer(stream, delimiter=self.separator, lineterminator="\n")
        for row in self.rows:
            table.writerow([_safe(c) if k in safe else c for k, c in enumerate(row)])


def _safe(cell: str) -> str:
    """A cell that is no formula; a dash alone, by which nothing is meant, is none."""
    return cell if cell in ("-", "") else safe_word(clean(cell))


def number(points: float) -> str:
    """Points as every system reads them: at most two digits behind the point."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def maximum(most: str) -> float | None:
    """How many points a column gives by the cell `most`; None where that is no number."""
    try:
        return float(most.strip().replace(",", "."))
    except ValueError:  # it says nothing, or that it is only to be read
        return None


def scaled(
    points: float, sums: Sequence[float], out_of: float, most: str, what: str, *, scale: bool
) -> str:
    """Points, of `out_of`, for a column that gives `most`, where that is a number.

    `sums` are the points that it is out of for the whole class (`possible`).

    Raises
    ------
    FileError
        If it gives another number, and `scale` does not say that shares are meant; or if it gives
        none, and shares are meant.
    """
    best = maximum(most)
    if best is None and scale:
        said = _(
            "--scale: the table does not say how many points {what} gives in the course's system, "
            "so there is no share of them; set it to {out_of} there, and leave --scale out"
        )
        raise FileError(said.format(what=clean(what), out_of=number(out_of)))
    if best is None:
        return number(points)
    if best == out_of:
        return number(points)
    if not scale and len(sums) > 1:
        said = _(
            "{what} gives {best} points in the course's system, and here the best possible sum is "
            "not the same for all students, as the lowest results are dropped: {sums}. No number "
            "fits all of them; add --scale, and each gets the same share of {best}"
        )
        told = ", ".join(map(number, sums))
        raise FileError(said.format(what=clean(what), best=number(best), sums=told))
    if not scale:
        said = _(
            "{what} gives {best} points in the course's system, and {out_of} here; set it to "
            "{out_of} there, or add --scale"
        )
        raise FileError(said.format(what=clean(what), best=number(best), out_of=number(out_of)))
    return number(points / out_of * best if out_of else best)


def earned(row: Row, item: Item | None) -> tuple[float | None, float] | None:
    """Points and what they are out of, for one exercise or, with None, the sum of all.

    Nothing where nothing was handed in; None as points where the grader failed.
    """
    if item is None:
        if not any(map(there, row.results)):
            return None
        return (row.points if row.complete else None), row.out_of
    result = next(r for r in row.results if r.exercise == item.name)
    return (result.points, result.out_of) if there(result) else None


def possible(course: Course, item: Item | None) -> list[float]:
    """All that the results of an exercise, or the sums, are out of; with `drop` these differ."""
    return sorted({known[1] for row in course.rows if (known := earned(row, item))})


def remarks(course: Course, missing: Sequence[str], failed: int, left: int = 0) -> list[str]:
    """What a person should know: who is not in the table, who has no points."""
    said = []
    if missing:
        names = ", ".join(clean(course.students[key].name or key) for key in missing[:NAMED])
        text = plural(
            "{count} student is not in that table, and is left out: {names}",
            "{count} students are not in that table, and are left out: {names}",
            len(missing),
        )
        more = ", …" if len(missing) > NAMED else ""
        said.append(text.format(count=len(missing), names=names + more))
    if failed:
        text = plural(
            "{count} result has no points, for the grader failed there; it is left as it was",
            "{count} results have no points, for the grader failed there; they are left as they "
            "were",
            failed,
        )
        said.append(text.format(count=failed))
    if left:
        text = plural(
            "{count} cell says that the student is excused or not concerned, and stays",
            "{count} cells say that the student is excused or not concerned, and stay",
            left,
        )
        said.append(text.format(count=left))
    return said
