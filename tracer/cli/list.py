"""``tracer list``: the exercises, and how far the student is."""

from __future__ import annotations

import json

import click

from tracer.cli import warn
from tracer.cli._exercises import exercises_option, usable
from tracer.cli._output import check_output, pager_option, write_screen
from tracer.language import _


@click.command(
    help=_(
        """List the exercises. Inside a folder made by tracer init, also your progress.

        \b
        Example:
          tracer list
        """
    )
)
@click.option(
    "--format",
    "layout",
    type=click.Choice(["rich", "plain", "json"]),
    default="rich",
    show_default=True,
    help=_("For people: rich, plain. For programs: json."),
)
@exercises_option
@pager_option
def command(layout: str, folder: str | None, no_pager: bool) -> None:
    """Find, and show."""
    from pathlib import Path

    from tracer.course.workbook import Workbook
    from tracer.view.export.exercises_json import as_record
    from tracer.view.parts.exercises import exercise_list
    from tracer.view.terminal import exercises as screens
    from tracer.view.terminal.console import abilities

    check_output(None, layout, no_pager=no_pager)
    found, book = usable(folder), Workbook.find(Path.cwd())
    below = [] if book else Workbook.below(Path.cwd())
    if layout == "json":
        click.echo(json.dumps(as_record(exercise_list(found.good, book))))
    else:
        able = abilities(plain=layout == "plain")
        listed = exercise_list(found.good, book, below, able.encoding, found.left_out)
        write_screen(screens.exercise_list(listed, able), able, no_pager=no_pager)
    if book is not None and book.lost:
        warn(_("your results are not shown: {why}").format(why=book.lost))
