"""``tracer watch``: what you save is checked at once."""

from __future__ import annotations

import sys

import click

from tracer.cli._exercises import exercises_option, usable_here
from tracer.errors import InputError
from tracer.language import _


@click.command(
    help=_(
        """Check what you write as soon as you save it, and go from exercise to exercise.

        Keys: n the next exercise, h a hint, p what the exercise asks for, l the list, c check all,
        r run again, x begin anew, space and b scroll, q quit. A file that is saved halfway leaves
        the last result on the screen, and saving again ends a check that is still running.

        \b
        Example:
          tracer watch
        """
    )
)
@click.option(
    "--poll",
    is_flag=True,
    help=_(
        "Look at the files ten times a second, where the system does not tell of changes: on a "
        "network drive or a mounted folder. Where Linux says that it is one, this is done anyway."
    ),
)
@exercises_option
def command(poll: bool, folder: str | None) -> None:
    """Find the workbook, and watch it."""
    from importlib.util import find_spec

    from tracer.watch.changes import no_watchfiles, silent
    from tracer.watch.loop import run

    if find_spec("watchfiles") is None:
        raise no_watchfiles()
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise InputError(
            _("tracer watch needs a terminal, for its keys; into a pipe: tracer check --all")
        )
    found, book = usable_here(folder)
    run(found.good, book, found.left_out, poll=poll or silent(book.root))
