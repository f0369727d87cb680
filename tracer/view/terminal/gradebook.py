"""A class on the screen: a table by exercise, one by student, and a bar while it is graded."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from rich.cells import cell_len
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from tracer.language import _
from tracer.view.parts.gradebook import ClassSummary, ExerciseSummary
from tracer.view.say.words import clean
from tracer.view.terminal.columns import fit, widest
from tracer.view.terminal.console import Abilities, rich_console
from tracer.view.terminal.drawing.paragraphs import paragraphs
from tracer.view.terminal.palette import palette

MOST_STUDENTS = 40
"""Students whose rows are shown; of a larger class a file has them."""

_LEFT = 26
"""The most columns of a name."""


class Tell(Protocol):
    """Says that one more is graded, and whose it was."""

    def __call__(self, student: str) -> None: ...  # noqa: D102 - the class says it


def class_summary(part: ClassSummary, able: Abilities) -> list[Text]:
    """The tables, and under them what the signs mean."""
    lines = [Text(""), *_by_exercise(part.exercises, able), Text("")] if part.exercises else []
    if part.exercises and len(part.students) <= MOST_STUDENTS:
        lines += [*_by_student(part, able), Text("")]
    remarks = paragraphs(part.remarks, able)
    return [*lines, *remarks, *[Text("")] * bool(remarks)]


def _by_exercise(exercises: Sequence[ExerciseSummary], able: Abilities) -> Iterator[Text]:
    """A row an exercise; on a narrow terminal without some of its columns."""
    heads = (_("students"), _("mean"), _("out of"), _("attempts"), _("passed"))
    columns = [
        (
            str(e.students),
            "–" if e.mean is None else e.mean,
            str(e.out_of),
            str(e.attempts),
            str(e.passed),
        )
        for e in exercises
    ]
    widths = [cell_len(head) + 2 for head in heads]
    name = widest([e.name for e in exercises], least=len(_("exercise")), most=_LEFT)
    while 2 + name + sum(widths) > able.width and len(widths) > 2:
        widths.pop()
    name = min(name, able.width - 2 - sum(widths))

    def line(first: str, cells: Sequence[str]) -> str:
        shown = (cell.rjust(width) for cell, width in zip(cells, widths, strict=False))
        return f"  {fit(first, name)}{''.join(shown)}"

    yield Text(line(_("exercise"), heads), palette(able).faint)
    for e, cells in zip(exercises, columns, strict=True):
        yield Text(line(e.name, cells))


def _by_student(part: ClassSummary, able: Abilities) -> Iterator[Text]:
    """A row a student, and what the signs mean; where not all has room, the sums alone."""
    students, faint = part.students, palette(able).faint
    numbers = tuple(e.name.partition("_")[0] for e in part.exercises)
    cells = [*numbers, *(cell for row in students for cell in row.cells)]
    wide = widest(cells, least=4) + 2
    total = widest([row.total for row in students], least=len(_("points"))) + 2
    name = widest([row.name for row in students], least=len(_("student")), most=_LEFT)
    all_fit = 2 + name + wide * len(numbers) + total <= able.width
    name = min(name, max(able.width - 2 - total, 1))

    def line(first: str, cells: Sequence[str], last: str) -> str:
        shown = "".join(cell.rjust(wide) for cell in cells) if all_fit else ""
        return f"  {fit(first, name)}{shown}{last.rjust(total)}"

    yield Text(line(_("student"), numbers, _("points")), faint)
    for row in students:
        yield Text(line(row.name, row.cells, row.total))
    if part.meanings and all_fit:
        yield Text("")
        yield from (Text(f"  {fit(m.mark, 4)}{m.meaning}", faint) for m in part.meanings)


@contextmanager
def grading(count: int, able: Abilities) -> Iterator[Tell]:
    """A bar for a person at a terminal: how many are graded, how many a second, the time left."""
    bar = Progress(
        TextColumn("  {task.description}", markup=False),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(compact=True),
        console=rich_console(able, sys.stderr, moving=True),
        transient=True,
        expand=True,
        disable=not (able.terminal and able.colours),
    )
    with bar:
        task = bar.add_task(fit(_("grading"), _LEFT), total=count, rate="")

        def tell(student: str) -> None:
            speed = bar.tasks[0].speed
            rate = "" if not speed else _("{count:.1f} a second").format(count=speed)
            bar.update(task, advance=1, description=fit(clean(student), _LEFT), rate=rate)

        yield tell
