"""``tracer read``: what an exercise asks for, its README, in the terminal."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import click

from tracer.cli._exercises import exercises_option, usable
from tracer.cli._output import pager_option, write_screen
from tracer.errors import FileError
from tracer.language import _

if TYPE_CHECKING:
    from tracer.exercises.exercise import Folder


@click.command(
    help=_(
        """Read what an exercise asks for: by default the next one that you have not passed.

        It is the README.md of the exercise, with tables as a terminal shows them. Code can be
        copied from it: no line of it is broken.

        \b
        Example:
          tracer read 13
        """
    )
)
@click.argument("exercise", required=False, metavar="[EXERCISE]")
@exercises_option
@pager_option
def command(exercise: str | None, folder: str | None, no_pager: bool) -> None:
    """Choose, and show."""
    from tracer.course.page import PAGE
    from tracer.view.say.verdict import all_passed
    from tracer.view.terminal.console import abilities
    from tracer.view.terminal.page import page

    chosen = _chosen(exercise, folder)
    if chosen is None:
        click.echo(all_passed(usable(folder, exercise).left_out))
        return
    path = chosen.folder / PAGE
    try:
        text = path.read_text("utf-8", errors="replace")
    except OSError as error:
        said = _("cannot read {file}: {why}")
        raise FileError(said.format(file=path, why=error.strerror or str(error))) from error
    able = abilities()
    write_screen(page(text, able), able, no_pager=no_pager)


def _chosen(said: str | None, folder: str | None) -> Folder | None:
    """Which exercise is meant; mostly the names of the folders say it, and none is read."""
    from pathlib import Path

    from tracer.course.choosing import chosen_exercise
    from tracer.course.source import exercises_for
    from tracer.errors import TracerError
    from tracer.exercises.discovery import folders

    here = Path.cwd()
    with suppress(TracerError):  # whatever it is, it is said with all exercises at hand
        chosen = chosen_exercise(said, folders(exercises_for(folder, said, here)), here)
        if chosen is not None:
            return chosen[0]
    found = chosen_exercise(said, usable(folder, said).good, here)
    return found[0] if found else None
