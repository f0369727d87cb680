"""The exercises that can be used; of each that cannot, a line on standard error says why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracer.cli import warn
from tracer.cli._options import not_empty
from tracer.language import _, quoted_file

if TYPE_CHECKING:
    from tracer.course.workbook import Workbook
    from tracer.exercises.discovery import Found

exercises_option = click.option(
    "--exercises",
    "folder",
    metavar="DIR",
    callback=not_empty,
    help=_("A folder of exercises of your own; by default those of tracer."),
)


def same_exercises(folder: str | None) -> str:
    """The option with which a further command finds the same exercises again."""
    return "" if folder is None else f" --exercises {quoted_file(folder)}"


def usable(folder: str | None = None, what: str | None = None) -> Found:
    """Every exercise that can be read, and those that are left out.

    Parameters
    ----------
    folder : str or None
        What ``--exercises`` says.
    what : str or None
        The exercise or the file that the command is about.

    Raises
    ------
    FileError
        If there is none.
    """
    from tracer.course.source import exercises_for
    from tracer.errors import FileError
    from tracer.exercises.discovery import discover

    root = exercises_for(folder, what, Path.cwd())
    found = discover(root)
    for broken, why in found.broken:
        said = _("exercise {name} is left out: {why}")
        warn(said.format(name=broken.name, why=why))
    if not found.good:
        raise FileError(_("no exercise in {folder} can be used").format(folder=root))
    return found


def usable_here(folder: str | None) -> tuple[Found, Workbook]:
    """The same, and the workbook of the folder in which the command is typed.

    Raises
    ------
    FileError
        If there is no exercise.
    InputError
        If this is no folder of exercises.
    """
    from tracer.course.choosing import nothing_in
    from tracer.course.workbook import Workbook

    found, book = usable(folder), Workbook.find(Path.cwd())
    if book is None:
        raise nothing_in(Path.cwd(), found.good)
    return found, book
