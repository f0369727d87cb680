"""The screens around the exercises: the list, what was handed out, a hint, an author's findings."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.text import Text

from tracer.course.authoring import Finding
from tracer.course.workbook import Handed, Result, Workbook
from tracer.exercises.exercise import Exercise
from tracer.grading.report import Verdict
from tracer.language import _, plural
from tracer.view.say.words import clean
from tracer.view.terminal.columns import fit, widest
from tracer.view.terminal.console import Abilities, folded
from tracer.view.terminal.palette import palette
from tracer.view.terminal.report import verdict_name


def exercise_list(
    exercises: Sequence[Exercise],
    book: Workbook | None,
    able: Abilities,
    below: Sequence[Path] = (),
) -> list[Text]:
    """A line for each exercise: its mark, name, points and title.

    Without a `book`, `below` are the workbooks one folder below.
    """
    colours = palette(able)
    name = widest([e.name for e in exercises])
    statuses = [_status(book.results.get(e.name) if book else None) for e in exercises]
    status = widest(statuses)
    lines = [Text("")]
    following = True
    for e, said in zip(exercises, statuses, strict=True):
        result = book.results.get(e.name) if book else None
        passed = result is not None and result.verdict is Verdict.PASSED
        here = book is not None and not passed and following
        following = following and not here
        line = Text("  ").append("✓" if passed else "→" if here else "·", "bold")
        line.append(f" {fit(e.name, name)}", "bold" if here else "")
        line.append(f"  {result.points if result else 0:>2}/{e.points:<2}")
        if book is not None:
            line.append(f"  {fit(said, status)}", colours.faint)
        line.append("  ")
        room = able.width - line.cell_len
        first, *rest = folded(Text(e.title), room, unicode=able.unicode)
        lines.append(line.append_text(first))
        lines += [Text(" " * (able.width - room)).append_text(more) for more in rest]
    lines.append(Text(""))
    if book is None and below:
        said = _("Your exercises are one folder down: cd {folder}").format(
            folder=shlex.quote(clean(below[0].name, able.encoding))
        )
    elif book is None:
        said = _("To start: tracer init my-course, then cd my-course")
    elif following:
        said = _("All exercises passed.")
    else:
        said = _("Next: tracer check")
    return [*lines, *folded(Text(said), able.width, "  "), Text("")]


def list_record(exercises: Sequence[Exercise], book: Workbook | None) -> list[dict[str, Any]]:
    """The list for JSON; ``verdict`` is null where nothing was checked yet."""
    records = []
    for e in exercises:
        result = book.results.get(e.name) if book else None
        records.append({
            "exercise": e.name, "title": e.title, "cell": e.equations.name,
            "function": e.signature, "points": result.points if result else 0,
            "out_of": e.points, "verdict": result.verdict if result else None,
            "needs": list(e.needs), "checks": [check.name for check in e.checks],
        })  # fmt: skip
    return records


def _status(result: Result | None) -> str:
    if result is None:
        return _("not checked")
    if result.verdict is Verdict.WRONG and result.points:
        return _("partly right")
    return verdict_name(result.verdict)


def handed_out(root: Path, handed: Sequence[Handed], able: Abilities) -> list[Text]:
    """What ``tracer init`` did: which files are new, and which were left as they were."""
    colours = palette(able)
    new = [h for h in handed if h.written]
    kept = [h for h in handed if h.own_work]
    shown = clean(str(root), able.encoding)
    here = root.resolve() == Path.cwd()
    lines = [Text("")]
    if new:
        said = plural("{count} file written.", "{count} files written.", len(new))
        if not here:
            said = plural(
                "{count} file written to {folder}.", "{count} files written to {folder}.", len(new)
            )
        lines += folded(Text(said.format(count=len(new), folder=shown)), able.width, "  ")
    else:
        lines += folded(Text(_("All files are already there.")), able.width, "  ")
    if kept:
        said = _("Kept, because you changed them:")
        lines += folded(Text(said), able.width, "  ")
    for h in kept:
        path = clean(str(h.path.relative_to(root)), able.encoding)
        lines.append(Text("    ").append(fit(path, able.width - 4).rstrip(), colours.faint))
    lines.append(Text(""))
    if here:
        following = _("Next: read README.md")
    else:
        following = _("Next: cd {folder}, then read README.md").format(folder=shlex.quote(shown))
    lines += folded(Text(following), able.width, "  ")
    return [*lines, Text("")]


def hint(
    exercise: Exercise, check: str, items: Sequence[str], number: int | None, able: Abilities
) -> list[Text]:
    """One hint. `number` counts from 1; None shows them all."""
    colours = palette(able)
    if number is None:
        title = _("{exercise}, “{check}”: all hints, from mild to strong").format(
            exercise=exercise.name, check=check
        )
        shown = [f"{k}. {item}" for k, item in enumerate(items, 1)]
        after = _("For one hint at a time, work in a folder made by: tracer init my-course")
    else:
        title = _("{exercise}, “{check}”: hint {number} of {count}").format(
            exercise=exercise.name, check=check, number=number, count=len(items)
        )
        shown = [items[number - 1]]
        after = _("This is the last hint. README.md works out one number by hand.")
        if number < len(items):
            after = _("Still stuck? Run it again for a stronger hint.")
    lines = [Text(""), *folded(Text(title, style=colours.faint), able.width, "  "), Text("")]
    for item in shown:
        lines += folded(Text(item, style="bold"), able.width, "  ", unicode=able.unicode)
    return [*lines, Text(""), *folded(Text(after, style=colours.faint), able.width, "  "), Text("")]


def author_findings(found: Sequence[Finding], count: int, able: Abilities) -> list[Text]:
    """What ``tracer dev check`` found, and what to do about each."""
    colours = palette(able)
    if not found:
        said = plural(
            "{count} exercise, no problems found.",
            "{count} exercises, no problems found.",
            count,
        )
        return [Text("  " + said.format(count=count))]
    return [line for finding in found for line in _finding(finding, able, str(colours.faint))]


def _finding(finding: Finding, able: Abilities, faint: str) -> Iterator[Text]:
    path = clean(str(finding.path), able.encoding)
    yield from folded(Text(path, style="bold"), able.width, "  ")
    yield from folded(Text(finding.what), able.width, "    ")
    yield from folded(
        Text(_("→ {todo}").format(todo=finding.todo), style=faint), able.width, "    "
    )
