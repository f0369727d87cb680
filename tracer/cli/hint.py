"""``tracer hint``: one hint at a time, each stronger than the one before."""

from __future__ import annotations

import click

from tracer.language import _


@click.command(
    help=_(
        """Give a hint for the first check that your last answer did not pass.

        Each call gives a stronger one. Without a name, the next exercise that is not passed yet.

        \b
        Example:
          tracer hint 22
        """
    )
)
@click.argument("exercise", required=False)
@click.option("--check", help=_("A hint for this check."))
@click.option("--again", is_flag=True, help=_("Start with the mildest hint again."))
def command(exercise: str | None, check: str | None, again: bool) -> None:
    """Choose the check, show the next hint, remember how far it went."""
    from pathlib import Path

    from tracer.errors import UnknownNameError
    from tracer.grading.choosing import chosen_exercise
    from tracer.grading.exercise import discover
    from tracer.grading.hints import hints
    from tracer.grading.workbook import Workbook
    from tracer.view.console import abilities, write
    from tracer.view.exercises import hint

    chosen = chosen_exercise(exercise, discover(), Path.cwd())
    if chosen is None:
        click.echo(_("Every exercise is passed."))
        return
    book = Workbook.find(Path.cwd())
    sections = hints(chosen)
    if check is None:
        result = book.results.get(chosen.name) if book else None
        check = result.failing if result and result.failing in sections else next(iter(sections))
    if check not in sections:
        raise UnknownNameError("check", check, sections)
    key = f"{chosen.name}/{check}"
    told = 0 if again or book is None else book.hints.get(key, 0)
    number = min(told + 1, len(sections[check]))
    able = abilities()
    write(hint(chosen, check, sections[check], number, able), able)
    if book is not None:
        book.hints[key] = number
        book.save()
