"""``tracer dev``: for authors of exercises."""

from __future__ import annotations

import click

from tracer.cli import NOT_PASSED, PASSED
from tracer.cli._exercises import exercises_option
from tracer.language import _


@click.group(
    name="dev",
    help=_(
        """For authors of exercises: check that everything fits together.

        \b
        Example:
          tracer dev check
        """
    ),
)
def command() -> None:
    """Nothing of its own."""


@command.command(
    help=_(
        """Check the exercises: stubs, solutions, known mistakes, README, hints, stray files.

        Every stub must be not started, every solution must pass, and every known mistake must fail
        exactly the checks that its first line names. The exit code is 1 if there is a problem.

        \b
        Example:
          tracer dev check
          tracer dev check --exercises my-course/exercises
        """
    )
)
@exercises_option
def check(folder: str | None) -> int:
    """Run everything, and say what to do next for each finding."""
    from pathlib import Path

    from tracer.course.authoring import findings
    from tracer.errors import InputError
    from tracer.exercises.discovery import discover, home
    from tracer.view.terminal.console import abilities, write
    from tracer.view.terminal.exercises import author_findings

    root = home() if folder is None else Path(folder)
    exercises = discover(root)
    solutions = root.resolve().parent / "solutions"
    if not solutions.is_dir():
        said = _("there are no solutions beside {folder}; only a clone of the repository has them")
        if folder is not None:
            said = _("there are no solutions beside {folder}; expected the folder {solutions}")
        raise InputError(said.format(folder=root, solutions=solutions))
    unfit = list(findings(exercises, solutions))
    able = abilities()
    write(author_findings(unfit, len(exercises.good), able), able)
    return NOT_PASSED if unfit else PASSED
