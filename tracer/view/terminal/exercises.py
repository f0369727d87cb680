"""The screens around the exercises: the list, what was handed out, a hint, an author's findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from tracer.course.authoring import Finding
from tracer.grading.report import Verdict
from tracer.language import _, plural
from tracer.view.parts.exercises import ExerciseList, HandedOut, Hint
from tracer.view.parts.judged import CheckRow, Judged
from tracer.view.parts.said import Said, Tone
from tracer.view.say.verdict import points
from tracer.view.say.words import clean
from tracer.view.terminal.columns import fit, widest
from tracer.view.terminal.console import Abilities, folded
from tracer.view.terminal.drawing.mistake import first_mistake
from tracer.view.terminal.drawing.paragraphs import paragraph
from tracer.view.terminal.page import sentences
from tracer.view.terminal.palette import palette

MOST = 2
"""Lines of a title; where there is less room, all titles are left out."""


def exercise_list(part: ExerciseList, able: Abilities) -> list[Text]:
    """A line for each exercise: its mark, name, points and title."""
    colours = palette(able)
    name = widest([row.name for row in part.rows])
    status = widest([row.status for row in part.rows])
    wide = widest([points(row.points) for row in part.rows], least=2)
    most = widest([str(row.out_of) for row in part.rows], least=2)
    margin = 4 + name + 2 + wide + 1 + most + (2 + status if part.tracked else 0) + 2
    room = max(able.width - margin, 1)
    titles = [folded(Text(row.title), room, unicode=able.unicode) for row in part.rows]
    if max(map(len, titles)) > MOST:
        titles = [[Text("")]] * len(titles)
    lines = [Text("")]
    for row, (first, *rest) in zip(part.rows, titles, strict=True):
        mark = "✓" if row.verdict is Verdict.PASSED else "→" if row.following else "·"
        line = Text("  ").append(mark, "bold")
        line.append(f" {fit(row.name, name)}", "bold" if row.following else "")
        line.append(f"  {points(row.points):>{wide}}/{row.out_of:<{most}}")
        if part.tracked:
            line.append(f"  {fit(row.status, status)}", colours.faint)
        line.append(" " * (margin - line.cell_len)).append_text(first)
        line.rstrip()
        lines.append(line)
        lines += [Text(" " * margin).append_text(more) for more in rest]
    return [*lines, Text(""), *paragraph(part.advice, able), Text("")]


def handed_out(part: HandedOut, able: Abilities) -> list[Text]:
    """What ``tracer init`` did: which files are new, and which were left as they were."""
    lines = [Text(""), *paragraph(part.written, able)]
    if part.kept:
        lines += paragraph(Said(_("Kept, because they differ from what is handed out now:")), able)
    for path in part.kept:
        shown = fit(path, able.width - 4).rstrip()
        lines.append(Text("    ").append(shown, palette(able).faint))
    return [*lines, Text(""), *paragraph(part.advice, able), Text("")]


def hint(part: Hint, able: Abilities) -> list[Text]:
    """One hint, or all of them."""
    shown = [line for item in part.items for line in sentences(item.text, able)]
    title, advice = (paragraph(said, able) for said in (part.title, part.advice))
    return [Text(""), *title, Text(""), *shown, Text(""), *advice, Text("")]


def what_happened(part: Judged, failing: CheckRow, able: Abilities) -> list[Text]:
    """Why an answer ended before its numbers came, as the report has it."""
    return [Text(""), *first_mistake(part, failing, able)]


def does_not_run(
    part: Judged, failing: CheckRow, todo: Sequence[Said], again: str, able: Abilities
) -> list[Text]:
    """Instead of a hint, of a file that Python cannot load: what is the matter, and what to do."""
    said = _("Your file does not run yet: mend this first. No hint is used up.")
    after = _("When it is mended: {command}").format(command=again)
    return [
        Text(""), *paragraph(Said(said), able), *what_happened(part, failing, able),
        Text(""), *(line for one in todo for line in paragraph(one, able)),
        *paragraph(Said(after, Tone.ASIDE, again), able), Text(""),
    ]  # fmt: skip


def corrected_first(said: Sequence[Said], able: Abilities) -> list[Text]:
    """Instead of a hint, that the answer to another exercise is to be corrected first."""
    return [Text(""), *(line for one in said for line in paragraph(one, able)), Text("")]


def author_findings(found: Sequence[Finding], count: int, able: Abilities) -> list[Text]:
    """What ``tracer dev check`` found, and what to do about each."""
    if not found:
        said = plural(
            "{count} exercise, no problems found.",
            "{count} exercises, no problems found.",
            count,
        )
        return paragraph(Said(said.format(count=count)), able)
    return [line for finding in found for line in _finding(finding, able)]


def _finding(finding: Finding, able: Abilities) -> Iterator[Text]:
    yield from paragraph(Said(clean(str(finding.path), able.encoding), Tone.STRONG), able)
    yield from paragraph(Said(finding.what), able, "    ")
    yield from paragraph(Said(_("→ {todo}").format(todo=finding.todo), Tone.ASIDE), able, "    ")
