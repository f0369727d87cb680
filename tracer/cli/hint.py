"""``tracer hint``: one hint at a time, each stronger than the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracer.cli import warn
from tracer.cli._exercises import exercises_option, same_exercises, usable
from tracer.errors import InputError
from tracer.language import _, quoted, quoted_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from tracer.exercises.exercise import Exercise
    from tracer.view.parts.said import Said
    from tracer.view.terminal.console import Abilities


@click.command(
    help=_(
        """Give a hint for the first check that your last answer did not pass.

        Each time you ask, the hint is stronger; what speaks of other quantities than the one that
        is wrong is left out. After a crash or a time-out, the report says more than a hint: the
        next one is shown, and not used up.
        Outside a folder made by tracer init, where nothing is remembered, all hints are shown. The
        default is the next exercise you have not passed.

        \b
        Example:
          tracer hint 22
        """
    )
)
@click.argument("exercise", required=False, metavar="[EXERCISE|FILE]")
@click.option("--check", help=_("Give a hint for this check."))
@click.option("--again", is_flag=True, help=_("Start again with the mildest hint."))
@exercises_option
def command(exercise: str | None, check: str | None, again: bool, folder: str | None) -> None:
    """Choose the check, remember how far it went, show the next hint."""
    from pathlib import Path

    from tracer.course.choosing import chosen_exercise
    from tracer.errors import FileError, UnknownNameError
    from tracer.exercises.hints import hints, meant_for
    from tracer.grading.report import Verdict
    from tracer.view.parts.exercises import hint
    from tracer.view.say.verdict import all_passed
    from tracer.view.terminal import exercises as screens
    from tracer.view.terminal.console import abilities, write
    from tracer.view.terminal.drawing.paragraphs import paragraphs

    able = abilities()
    found = usable(folder, exercise)
    chosen = chosen_exercise(exercise, found.good, Path.cwd())
    if chosen is None:
        click.echo(all_passed(found.left_out))
        return
    asked, book = chosen
    if again and book is None:
        raise InputError(
            _(
                "--again has no effect: outside a folder made by tracer init, no hint is "
                "remembered and all are shown"
            )
        )
    sections = hints(asked)
    first = next(iter(sections))
    wrong: list[str] = []
    early = False
    if check is None:
        if book is not None and book.passed(asked):
            typed = f"tracer hint {quoted_file(exercise or asked.number)} --check {quoted(first)}"
            typed += same_exercises(folder)
            write(paragraphs([_passed(asked.name, typed)], able), able)
            return
        result = book.results.get(asked.name) if book else None
        early = result is not None and result.verdict not in (Verdict.WRONG, Verdict.NOT_STARTED)
        check = result.failing if result and result.failing in sections else first
        wrong = result.wrong.split() if result and result.failing == check else []
    if check not in sections:
        raise UnknownNameError("check", check, sections)
    parts = [asked.name, check, ",".join(wrong)]
    key = "/".join(filter(None, parts))
    items = meant_for(sections[check], wrong)
    # For another mistake, they begin again.
    told = 0 if again or book is None else book.hints.get(key, 0)
    number = min(told + 1, len(items))
    if book is None:  # nothing remembers how far it went, so all of them are told
        write(screens.hint(hint(asked, check, items, None), able), able)
        return
    if early:
        write(_ended_early(asked, check, items, number, folder, able), able)
        return
    try:
        book.give_hint(key, number)
    except FileError as error:
        write(screens.hint(hint(asked, check, items, None), able), able)
        said = _("all hints are shown, because they cannot be counted here: {why}")
        warn(said.format(why=error))
        return
    write(screens.hint(hint(asked, check, items, number), able), able)


def _passed(name: str, typed: str) -> Said:
    """What to say of an exercise that needs no hint any more."""
    from tracer.view.parts.said import Said

    said = _("You have passed {name}. For a hint anyway: {command}")
    return Said(said.format(name=name, command=typed), typed=typed)


def _ended_early(
    asked: Exercise, check: str, items: Sequence[str], number: int, folder: str | None,
    able: Abilities,
) -> list[Text]:  # fmt: skip
    """Of an answer that did not come to its end the report says more; the hint is not used up."""
    from tracer.view.parts.exercises import hint
    from tracer.view.parts.said import Said
    from tracer.view.terminal import exercises as screens
    from tracer.view.terminal.drawing.paragraphs import paragraphs

    option = same_exercises(folder)
    again = f"tracer check {asked.number}{option}"
    why = _("Your last answer ended before all its numbers came.")
    what = _("What happened, and in which line: {command}").format(command=again)
    stronger = f"tracer hint {asked.number} --check {quoted(check)}{option}"
    return [
        *paragraphs([Said(why), Said(what, typed=again)], able),
        *screens.hint(hint(asked, check, items, number, stronger), able),
    ]
