"""``tracer feedback``: what each student is shown, as far as the rules of the course allow."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracer.cli import PASSED
from tracer.cli._exercises import exercises_option
from tracer.cli._grading import exercises_of, rules_in
from tracer.cli._options import not_empty
from tracer.errors import InputError
from tracer.language import _, plural

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tracer.gradebook.handed import Student


@click.command(
    help=_(
        """Write what each student is shown of the results in RESULTS: a folder for each.

        How much that is of each check, and when, the rules of the course say under [feedback];
        where they say nothing, it is everything. It is about the last attempt at each exercise, and
        says beside its points what counts under the rules, and your comment.
        RESULTS is only read.

        In DIR, students.csv says whose folder is which. Each holds a text and a JSON file an
        exercise, with the same in both.

        \b
        Example:
          tracer feedback results --rules course.toml --out feedback
        """
    )
)
@click.argument("results", metavar="RESULTS", type=click.Path(path_type=Path))
@click.option(
    "--out", "output", metavar="DIR", required=True, callback=not_empty,
    help=_("The folder to write into; it is made if it is not there."),
)  # fmt: skip
@click.option(
    "--rules", metavar="FILE", callback=not_empty,
    help=_("The rules of the course: feedback, due dates, extensions; an empty file shows all."),
)  # fmt: skip
@click.option(
    "--at", "moment", metavar="TIME", callback=not_empty,
    help=_("As of this moment, as 2026-11-20T23:59+01:00; by default now."),
)  # fmt: skip
@exercises_option
def command(
    results: Path, output: str, rules: str | None, moment: str | None, folder: str | None
) -> int:
    """Read the facts, apply the dials, write."""
    from tracer.gradebook.reading import read_store
    from tracer.gradebook.records import name_of
    from tracer.gradebook.returning import returned
    from tracer.gradebook.store import as_json
    from tracer.view.export.feedback_text import as_text

    if rules is None:  # what is given away cannot be taken back
        said = _(
            "--rules FILE: the rules of the course say how much students are shown; an empty file "
            "shows them everything, also the expected numbers and the line of a mistake"
        )
        raise InputError(said)
    now = datetime.now(UTC) if moment is None else _moment(moment)
    with read_store(results) as store:
        exercises = exercises_of(store, folder)
        settled = rules_in(rules, exercises)
        students = {student.key: student for student in store.students()}
        count = 0
        shown = list(returned(store, exercises, settled, now))
        may = {(one.student, one.exercise) for one in shown}
        _remove(Path(output), {(s, e) for s in students for e in store.exercises()} - may)
        for one in shown:
            place = Path(output) / name_of(one.student)
            _write(place / f"{one.exercise}.json", as_json(one.report, indent=1) + "\n")
            _write(place / f"{one.exercise}.txt", as_text(one.report))
            count += 1
    _write(Path(output) / "students.csv", _whose(students))
    said = plural("{count} report in {folder}", "{count} reports in {folder}", count)
    click.echo(said.format(count=count, folder=output))
    return PASSED


def _moment(text: str) -> datetime:
    """A moment that somebody typed.

    Raises
    ------
    InputError
        If it is none, or without a time zone.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        said = _("--at {text}: expected a date and time with its time zone, as {example}")
        raise InputError(said.format(text=text, example="2026-11-20T23:59:00+01:00"))
    return found


def _remove(output: Path, gone: Collection[tuple[str, str]]) -> None:
    """Remove what was written before of these students and exercises, and is shown no more."""
    from tracer.gradebook.records import name_of
    from tracer.storage.writing import writing

    with writing():
        for student, exercise in gone:
            for ending in ("json", "txt"):
                path = output / name_of(student) / f"{exercise}.{ending}"
                path.unlink(missing_ok=True)


def _whose(students: Mapping[str, Student]) -> str:
    """The table of the folders."""
    from tracer.gradebook.records import name_of
    from tracer.view.export.to_csv import safe_word
    from tracer.view.say.words import clean

    stream = StringIO(newline="")
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(("student", "name", "email", "folder"))
    for key, student in students.items():
        who = (safe_word(clean(text)) for text in (key, student.name, student.email))
        table.writerow([*who, name_of(key)])
    return stream.getvalue()


def _write(path: Path, text: str) -> None:
    """Write a file, whole or not at all.

    To wait for the disk at each of a large class would take minutes.
    """
    from tracer.storage.whole import replacing
    from tracer.storage.writing import writing

    with writing():
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path, to_disk=False) as temporary:
            temporary.write_text(text, encoding="utf-8", errors="backslashreplace")
