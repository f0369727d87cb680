"""``tracer progress``: what is passed, when, and after how many tries."""

from __future__ import annotations

import json

import click

from tracer.cli import warn
from tracer.cli._exercises import exercises_option, usable_here
from tracer.cli._output import check_output, pager_option, write_screen
from tracer.language import _


@click.command(
    help=_(
        """Show how far you are: what you have passed, when, and after how many tries.

        A try is an answer that was checked and is another one than before; they are counted until
        the exercise passes.

        \b
        Example:
          tracer progress
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
    """Read what is remembered, and show it."""
    from tracer.view.export.ladder_json import as_record
    from tracer.view.parts.ladder import ladder
    from tracer.view.terminal.console import abilities
    from tracer.view.terminal.ladder import progress

    check_output(None, layout, no_pager=no_pager)
    found, book = usable_here(folder)
    part = ladder(found.good, book, found.left_out)
    if layout == "json":
        click.echo(json.dumps(as_record(part)))
    else:
        able = abilities(plain=layout == "plain")
        write_screen(progress(part, able), able, no_pager=no_pager)
    if book.lost:
        warn(_("your results are not shown: {why}").format(why=book.lost))
