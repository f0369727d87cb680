"""``tracer hint``: one hint at a time, each stronger than the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracer.cli import warn
from tracer.cli._exercises import exercises_option, same_exercises, usable
from tracer.cli._output import pager_option, write_screen
from tracer.cli._waiting import announced
from tracer.errors import InputError
from tracer.language import _, quoted, quoted_file

if TYPE_CHECKING:
    from rich.text import Text

    from tracer.course.workbook import Workbook
    from tracer.exercises.exercise import Exercise
    from tracer.view.parts.said import Said
    from tracer.view.terminal.console import Abilities


@click.command(
    help=_(
        """Give a hint for the first check that your last answer did not pass.

        Each time you ask, the hint is stronger; what speaks of other quantities than the one that
        is wrong is left out. If your file has changed since its last check, it is checked first. A
        file that does not run needs no hint but its error, which is shown; after a crash or a
        time-out of your function, what happened stands above the hint. Where an earlier answer
        that yours imports is to be corrected first, that is said instead.
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
@pager_option
def command(
    exercise: str | None, check: str | None, again: bool, folder: str | None, no_pager: bool
) -> None:
    """Choose the check, remember how far it went, show the next hint."""
    from pathlib import Path

    from tracer.course.choosing import chosen_exercise
    from tracer.view.say.verdict import all_passed
    from tracer.view.terminal.console import abilities

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
    able = abilities()
    if book is None:
        lines, warning = _all_hints(asked, check, able), ""
    else:
        lines, warning = _hinted(asked, book, exercise, check, folder, able, again=again)
    write_screen(lines, able, no_pager=no_pager)
    if warning:
        warn(warning)


def _all_hints(asked: Exercise, check: str | None, able: Abilities) -> list[Text]:
    """All of them, for nothing remembers how far it went."""
    from tracer.course.hinting import following
    from tracer.view.parts.exercises import hint
    from tracer.view.terminal import exercises as screens

    given = following(asked, None, check)
    return screens.hint(hint(asked, given.check, given.items, None), able)


def _hinted(
    asked: Exercise, book: Workbook, said: str | None, check: str | None, folder: str | None,
    able: Abilities, *, again: bool,
) -> tuple[list[Text], str]:  # fmt: skip
    """The next hint, or what helps more than a hint; and what went wrong beside that."""
    from tracer.cli._earlier import corrected_first, restoring
    from tracer.course.hinting import checked, following, unchecked
    from tracer.errors import FileError
    from tracer.view.parts.exercises import hint
    from tracer.view.parts.report import judged
    from tracer.view.terminal import exercises as screens
    from tracer.view.terminal.drawing.paragraphs import paragraphs

    following(asked, book, check)  # the exercise has hints, and that check
    happened: list[Text] = []
    submission = unchecked(asked, book) if check is None else None
    if submission is not None:
        with announced(_("Checking {exercise} …").format(exercise=asked.name)):
            report = checked(asked, book, submission)
            part = judged(report, able.encoding)
        failing = part.first_failing
        if failing is not None and not failing.run:
            command = f"tracer check {asked.number}{same_exercises(folder)}"
            todo = restoring(report, book)
            return screens.does_not_run(part, failing, todo, command, able), ""
        happened = screens.what_happened(part, failing, able) if failing is not None else []
    given = following(asked, book, check, again=again)
    if check is None and book.passed(asked) and not book.changed(asked):
        typed = f"tracer hint {quoted_file(said or asked.number)} --check {quoted(given.check)}"
        return paragraphs([_passed(asked.name, typed + same_exercises(folder))], able), ""
    if given.fault is not None:
        first = screens.corrected_first(corrected_first(given.fault, folder), able)
        return (happened if given.early else []) + first, ""
    before = []
    if given.early:
        again_typed = f"tracer check {asked.number}{same_exercises(folder)}"
        before = happened or paragraphs(_ended_early(again_typed), able)
    try:
        book.give_hint(given.key, given.number)
    except FileError as error:
        why = _("all hints are shown, because they cannot be counted here: {why}").format(why=error)
        return screens.hint(hint(asked, given.check, given.items, None), able), why
    return [*before, *screens.hint(hint(asked, given.check, given.items, given.number), able)], ""


def _passed(name: str, typed: str) -> Said:
    """What to say of an exercise that needs no hint any more."""
    from tracer.view.parts.said import Said

    said = _("You have passed {name}. For a hint anyway: {command}")
    return Said(said.format(name=name, command=typed), typed=typed)


def _ended_early(again: str) -> list[Said]:
    """What to do first about an answer that did not come to its end; it is not run again here."""
    from tracer.view.parts.said import Said

    what = _("What happened, and in which line: {command}").format(command=again)
    return [Said(_("Your last answer ended before all its numbers came.")), Said(what, typed=again)]
