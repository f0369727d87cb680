"""What fills the screen of ``tracer watch`` beside a report, each made for its terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tracer.course.hinting import Following
from tracer.course.page import PAGE
from tracer.course.workbook import Workbook
from tracer.exercises.exercise import Exercise
from tracer.language import _
from tracer.view.parts.exercises import exercise_list, hint
from tracer.view.parts.ladder import CheckedRow
from tracer.view.parts.said import Said, Tone
from tracer.view.say.verdict import verdict_name
from tracer.view.terminal import exercises as screens
from tracer.view.terminal import ladder
from tracer.view.terminal.console import Abilities, rows
from tracer.view.terminal.drawing.paragraphs import paragraph
from tracer.view.terminal.page import page
from tracer.watch.answers import after, first_open, is_open

if TYPE_CHECKING:
    from rich.text import Text

    from tracer.watch.checking import Checked


def sentences(able: Abilities, *said: str) -> list[Text]:
    """A few sentences, the first of them as what matters."""
    lines = paragraph(Said(""), able)
    for number, one in enumerate(said):
        lines += paragraph(Said(one, Tone.PLAIN if number else Tone.STRONG), able)
    return [*lines, *paragraph(Said(""), able)]


def title(exercise: Exercise, able: Abilities, *said: str) -> list[Text]:
    """What the exercise is called, and what is to be said of it."""
    name = _("{exercise} · {title}").format(exercise=exercise.name, title=exercise.title)
    return sentences(able, name, *said)


def asked(exercise: Exercise, able: Abilities) -> list[Text]:
    """What the exercise asks for."""
    try:
        text = (exercise.folder / PAGE).read_text("utf-8", errors="replace")
    except OSError as error:
        return title(exercise, able, error.strerror or str(error))
    return [row for line in page(text, able) for row in rows(line, able.width)]


def unwritten(exercise: Exercise, book: Workbook, able: Abilities) -> list[Text]:
    """What to do about an exercise that nobody has begun, and what it asks for."""
    said = _("Write {file} in your editor: as soon as you save it, it is checked here.")
    file = book.path(exercise).relative_to(book.root)
    lines = sentences(able, said.format(file=file))
    return [*lines[:-1], *asked(exercise, able)]


def listed(
    exercises: Sequence[Exercise], current: Exercise, book: Workbook, left_out: Sequence[str],
    able: Abilities,
) -> list[Text]:  # fmt: skip
    """The list; the arrow is at the one that is worked on, or once it is passed at the next."""
    at = current if is_open(book, current) else after(book, exercises, current)
    part = exercise_list(exercises, book, left_out=left_out, at=at)
    back = Said(_("n goes on; l goes back"), Tone.ASIDE)
    if first_open(book, exercises) is None:
        back = Said(_("l goes back"), Tone.ASIDE)
    return screens.exercise_list(replace(part, advice=back), able)


def came(exercise: Exercise, found: Checked) -> str:
    """How the check of an answer ended that is not the one on the screen."""
    if found.trouble or found.row is None:
        why = found.trouble or _("the check broke off")
    else:
        why = verdict_name(found.row.verdict, found.row.points)
    return _("{exercise}: {verdict}.").format(exercise=exercise.name, verdict=why.rstrip("."))


def table(
    exercises: Sequence[Exercise], rows: Mapping[str, CheckedRow], able: Abilities
) -> list[Text]:
    """What is wrong first with each."""
    back = Said(_("n goes on; c goes back"), Tone.ASIDE)
    return ladder.table([rows[exercise.name] for exercise in exercises], back, able)


def hinted(exercise: Exercise, given: Following, able: Abilities) -> list[Text]:
    """A hint, and whether there is a stronger one."""
    part = hint(exercise, given.check, given.items, given.number)
    stronger = given.number < len(given.items)
    advice = _("Still stuck? h again gives a stronger one.") if stronger else ""
    if given.early:
        advice = _("Your answer ended before its numbers came: read the report below first.")
        if stronger:
            advice = _(
                "Your answer ended before its numbers came: read the report below first. "
                "h again gives a stronger hint."
            )
    return screens.hint(replace(part, advice=Said(advice, Tone.ASIDE)), able)[:-1]
