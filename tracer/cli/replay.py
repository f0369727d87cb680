"""``tracer replay``: one grade once more, from its record and the file that was graded."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracer.cli import BUG, NOT_PASSED, PASSED
from tracer.cli._exercises import exercises_option, usable
from tracer.cli._grading import layout_option, trusted_option
from tracer.cli._options import time_limit_option
from tracer.cli._output import pager_option, write_screen
from tracer.cli._waiting import announced
from tracer.errors import FileError
from tracer.gradebook.behind import standing_as
from tracer.language import _, quoted_file
from tracer.sandbox.walls import WALLS
from tracer.sandbox.walls import wall as raised

if TYPE_CHECKING:
    from tracer.grading.report import Report


@click.command(
    help=_(
        """Repeat one grade from its record, with the same numbers, and say if it is the same.

        RECORD is a file of records/ in the results of tracer grade. FILE is what was graded; by
        default the file of that name here, or beside the record. Nothing is written. The file runs
        behind the wall of the record; if that one cannot stand here, behind the strongest that can.

        The exit code is 0 if everything is as in the record, 1 if not, 2 if the input cannot be
        used, and 70 if tracer has a bug.

        \b
        Example:
          tracer replay ada-0123456789abcdef.json lstm_step.py
        """
    )
)
@click.argument("record", metavar="RECORD", type=click.Path(path_type=Path))
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@exercises_option
@time_limit_option(
    _(
        "Seconds of processor time for loading the file, and for each call to a function; by "
        "default those of the record."
    ),
    None,
)
@click.option(
    "--wall", "wall_name", type=click.Choice(list(WALLS)),
    help=_("What the file runs behind; by default that of the record, if it can stand here."),
)  # fmt: skip
@trusted_option()
@layout_option
@pager_option
def command(
    record: Path,
    file: Path | None,
    folder: str | None,
    time_limit: float | None,
    wall_name: str | None,
    trusted: bool,
    layout: str,
    no_pager: bool,
) -> int:
    """Read, run, compare."""
    from tracer.exercises.discovery import find
    from tracer.gradebook.identity import grader_of, same_grader
    from tracer.gradebook.regrading import compared
    from tracer.gradebook.replaying import read_record, submission_of
    from tracer.grading.report import Verdict
    from tracer.grading.session import grade
    from tracer.sandbox.process import Limits
    from tracer.view.parts.replayed import replayed, run_otherwise
    from tracer.view.terminal.console import abilities
    from tracer.view.terminal.report import screen

    found = read_record(record)
    submission = submission_of(found, _graded_file(found, record) if file is None else file)
    exercise = find(found["exercise"], usable(folder).good)
    here = grader_of(exercise)
    seconds = float(found["time_limit"]) if time_limit is None else time_limit
    behind = standing_as(found["wall"], wall_name, trusted=trusted)
    with (
        closing(raised(behind)) as wall,
        announced(_("Running {file} …").format(file=submission.name)),
    ):
        limits = Limits(seconds=seconds)
        report = grade(exercise, submission, seed=found["seed"], limits=limits, wall=wall)
    change = compared(0, found, {**found, **_as_kept(report), "grader": here})
    able = abilities(plain=layout == "plain")
    said = replayed(change, same_grader(found, here), (found["wall"], behind))
    said += run_otherwise(change, found, seconds)
    write_screen(screen(report, able, said), able, no_pager=no_pager)
    if report.verdict is Verdict.GRADER_FAULT:
        return BUG
    return PASSED if change.said_alike and not change.differs else NOT_PASSED


def _graded_file(found: dict[str, Any], record: Path) -> Path:
    """The file that the record speaks of, here or beside it.

    Raises
    ------
    FileError
        If there is none.
    """
    name = Path(found["file"]).name
    for folder in (Path(), record.parent):
        if name and (folder / name).is_file():
            return folder / name
    said = _("there is no {file} here or beside {record}; say where it is: {command}")
    command = f"tracer replay {quoted_file(str(record))} FILE"
    raise FileError(said.format(file=name, record=record, command=command))


def _as_kept(report: Report) -> dict[str, Any]:
    """What a record says of a report."""
    from tracer.view.export.report_json import as_record

    return {
        "verdict": str(report.verdict), "points": report.points, "out_of": report.out_of,
        "report": as_record(report),
    }  # fmt: skip
