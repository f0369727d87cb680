"""``tracer init``: a folder of exercises, for the student to change."""

from __future__ import annotations

import click

from tracer.cli._exercises import usable
from tracer.errors import InputError
from tracer.language import _


@click.command(
    help=_(
        """Write the exercises into the folder DIR.

        Existing files are never overwritten, so you can run it again to add new exercises.

        \b
        Example:
          tracer init my-course
        """
    )
)
@click.argument("folder", metavar="DIR")
def command(folder: str) -> None:
    """Copy, and say what was written and what was kept."""
    from pathlib import Path

    from tracer.course.workbook import hand_out
    from tracer.view.parts.exercises import handed_out
    from tracer.view.terminal import exercises as screens
    from tracer.view.terminal.console import abilities, write

    if not folder:  # a variable of the shell that is not set
        raise InputError(_("a folder without a name; for this one: tracer init ."))
    root = Path(folder)
    handed = hand_out(root, usable().good)
    able = abilities()
    write(screens.handed_out(handed_out(root, handed, able.encoding), able), able)
