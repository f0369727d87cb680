"""``tracer reset``: an exercise from the beginning; the old answer is kept."""

from __future__ import annotations

import click

from tracer.cli._exercises import exercises_option, usable
from tracer.errors import InputError
from tracer.language import _


@click.command(
    help=_(
        """Begin an exercise anew: its file as it was handed out, its results and hints forgotten.

        It asks first. Your answer is kept beside the file, under a name with a number.

        \b
        Example:
          tracer reset 13
        """
    )
)
@click.argument("exercise")
@click.option("--yes", is_flag=True, help=_("Do not ask."))
@exercises_option
def command(exercise: str, yes: bool, folder: str | None) -> None:
    """Choose, ask, keep, reset."""
    from pathlib import Path

    from tracer.course.choosing import chosen_exercise, nothing_in
    from tracer.course.resetting import planned, reset

    found = usable(folder, exercise)
    chosen = chosen_exercise(exercise, found.good, Path.cwd())
    assert chosen is not None
    asked, book = chosen
    if book is None:
        raise nothing_in(Path.cwd(), found.good)
    plan = planned(book, asked)
    if plan is None:
        said = _("{file} is as it was handed out; there is nothing to reset.")
        click.echo(said.format(file=book.path(asked).name))
        return
    if plan.kept is not None and not yes:
        _ask(asked.name, plan.kept.name)
    done = reset(book, asked)
    if done is not None and done.kept is not None:
        said = _("{file} is as it was handed out. Your answer is kept as {kept}.")
        click.echo(said.format(file=done.answer.name, kept=done.kept.name))
    else:
        click.echo(_("{file} is there again.").format(file=plan.answer.name))


def _ask(exercise: str, kept: str) -> None:
    """Ask, and end here if the answer is no."""
    said = _("Begin {exercise} anew? Your answer is kept as {kept}.")
    try:
        click.confirm(said.format(exercise=exercise, kept=kept), abort=True)
    except click.Abort as error:
        if error.__context__ is not None:  # nobody is there to answer
            click.echo()  # the question stands on a line of its own
            raise InputError(
                _("nothing was reset; to reset it without a question: --yes")
            ) from error
        raise
