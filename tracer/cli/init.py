"""``tracer init``: a folder of exercises, for the student to change."""

from __future__ import annotations

import click

from tracer.cli._exercises import exercises_option, usable
from tracer.errors import InputError
from tracer.language import _


@click.command(
    help=_(
        """Write the exercises into the folder DIR.

        Existing files are never overwritten, so you can run it again to add new exercises. With
        --exercises, the folder remembers where its exercises are, and the other commands in it
        need no option.

        \b
        Example:
          tracer init my-course
        """
    )
)
@click.argument("root_folder", metavar="DIR")
@exercises_option
def command(root_folder: str, folder: str | None) -> None:
    """Copy, and say what was written and what was kept."""
    from pathlib import Path

    from tracer.course.source import remember
    from tracer.course.workbook import hand_out
    from tracer.view.parts.exercises import handed_out
    from tracer.view.terminal import exercises as screens
    from tracer.view.terminal.console import abilities, write

    if not root_folder:  # a variable of the shell that is not set
        raise InputError(_("a folder without a name; for this one: tracer init ."))
    root = Path(root_folder)
    handed = hand_out(root, usable(folder, root_folder).good)
    if folder is not None:
        remember(root, Path(folder))
    able = abilities()
    write(screens.handed_out(handed_out(root, handed, able.encoding), able), able)
