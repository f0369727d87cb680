"""``tracer init``: a folder of exercises, for the student to change."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from tracer.cli._exercises import exercises_option, usable
from tracer.errors import InputError
from tracer.language import _

if TYPE_CHECKING:
    from pathlib import Path

    from tracer.exercises.exercise import Exercise


@click.command(
    help=_(
        """Write the exercises into the folder DIR.

        Existing files are never overwritten, so you can run it again to add new exercises. With
        --exercises, the folder remembers where its exercises are, and the other commands in it
        need no option. The folder opens in VS Code with a task for each command, and has what a
        development container needs.

        With --notebook, each exercise is a Jupyter notebook, with its page, a cell for your answer
        and one that checks it. A folder that was begun so goes on so.

        \b
        Examples:
          tracer init my-course
          tracer init my-course --notebook
        """
    )
)
@click.argument("root_folder", metavar="DIR")
@click.option("--notebook", is_flag=True, help=_("Write each exercise as a notebook (.ipynb)."))
@exercises_option
def command(root_folder: str, folder: str | None, *, notebook: bool) -> None:
    """Copy, and say what was written and what was kept."""
    from pathlib import Path

    from tracer.course.handing_out import hand_out
    from tracer.course.source import remember
    from tracer.view.parts.exercises import handed_out
    from tracer.view.terminal import exercises as screens
    from tracer.view.terminal.console import abilities, write

    if not root_folder:  # a variable of the shell that is not set
        raise InputError(_("a folder without a name; for this one: tracer init ."))
    root = Path(root_folder)
    exercises = usable(folder, root_folder).good
    handed = hand_out(root, exercises, _beside(root, exercises, folder), notebooks=notebook)
    if folder is not None:
        remember(root, Path(folder))
    able = abilities()
    write(screens.handed_out(handed_out(root, handed, able.encoding), able), able)


def _beside(
    root: Path, exercises: Sequence[Exercise], folder: str | None
) -> Iterator[tuple[Path, str | bytes]]:
    """What an editor reads of the folder, and the container with this tracer."""
    from pathlib import Path

    from tracer.course.editor import CONTAINER, container_file, editor_files
    from tracer.errors import FileError
    from tracer.exports.wheel import wheel

    yield from editor_files(exercises, root, sys.executable)
    if (root / CONTAINER).exists():
        return
    try:
        name, contents = wheel(for_students=True)
    except FileError:  # tracer is not installed, only run: there is none to be had elsewhere
        return
    course = None if folder is None else Path(folder)
    yield CONTAINER / name, contents
    yield CONTAINER / "devcontainer.json", container_file(name, course)
