"""The screen of ``tracer watch``: a report, a page or a list; below it the ladder and the keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from tracer.language import _, plural
from tracer.view.parts.said import Said, Tone
from tracer.view.terminal.console import Abilities, rendered
from tracer.view.terminal.drawing.paragraphs import paragraph
from tracer.view.terminal.ladder import bar
from tracer.view.terminal.palette import palette

LEAST = 4
"""Lines of the body, however low the terminal is."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is on the screen.

    Attributes
    ----------
    body : sequence of Text
        As many lines as it has; a part of them is shown.
    first : int
        The first of them that is shown.
    name : str
        The exercise.
    passed, count : int
        How much of the ladder is climbed.
    notice : str
        One quiet sentence, or a question.
    """

    body: Sequence[Text]
    first: int
    name: str
    passed: int
    count: int
    notice: str = ""


def keys() -> tuple[tuple[str, str], ...]:
    """Each key, and what it does."""
    return (
        ("n", _("next")), ("h", _("hint")), ("p", _("page")), ("l", _("list")),
        ("c", _("all")), ("r", _("run")), ("x", _("reset")), ("q", _("quit")),
    )  # fmt: skip


def room(shown: Shown, able: Abilities) -> int:
    """How many lines of the body fit."""
    return max((able.height or 24) - len(_below(shown, able, "")), LEAST)


def last_first(shown: Shown, able: Abilities) -> int:
    """The largest `first` with which the screen is still full."""
    return max(len(shown.body) - room(shown, able), 0)


def frame(shown: Shown, able: Abilities) -> list[Text]:
    """As many lines as the terminal has: what fits of the body, and what stands below it.

    A line of the body that was made for a wider terminal is cut.
    """
    fits = room(shown, able)
    first = min(shown.first, last_first(shown, able))
    body = [line.copy() for line in shown.body[first : first + fits]]
    left = len(shown.body) - first - fits
    said = ""
    if left > 0:
        more = plural("{count} more line: space", "{count} more lines: space", left)
        said = more.format(count=left)
    elif first:
        said = _("the end; back: b")
    for line in body:
        line.truncate(able.width)
    body += [Text("")] * (fits - len(body))
    return [*body, *_below(shown, able, said)]


def _below(shown: Shown, able: Abilities, said: str) -> list[Text]:
    """The rule with what is to be scrolled, the quiet sentence, the ladder, and the keys."""
    colours = palette(able)
    rule = colours.glyphs.rule
    end = f" {said} {rule * 2}" if said else ""
    line = Text(rule * max(able.width - len(end), 0) + end, colours.faint)
    ladder = bar(shown.passed, shown.count, able, shown.name)
    notice = paragraph(Said(shown.notice, Tone.ASIDE), able) if shown.notice else [Text("")]
    return [line, *notice[:2], ladder, *_keys(able)]


def _keys(able: Abilities) -> list[Text]:
    """The keys with their words, in as many lines as they need."""
    lines = [Text(" ")]
    for key, word in keys():
        one = Text().append(f" {key}", "bold").append(f" {word} ", palette(able).faint)
        if lines[-1].cell_len + one.cell_len - 1 > able.width:
            lines.append(Text(" "))
        lines[-1].append_text(one)
    return lines


START, END = "\x1b[?25l", "\x1b[?25h"
"""The cursor is hidden as long as it would stand anywhere; then it is shown again."""


def drawn(lines: Sequence[Text], able: Abilities) -> str:
    """A frame with the codes that put it where the last one was; what was above stays there."""
    rows = rendered(lines, able).split("\n")[: len(lines)]
    placed = "".join(f"\x1b[{n};1H\x1b[2K{row}" for n, row in enumerate(rows, 1))
    return f"\x1b[?2026h{placed}\x1b[J\x1b[?2026l"


def begun(able: Abilities) -> str:
    """Codes that push what is on the terminal into what can be scrolled back to."""
    return START + "\n" * ((able.height or 24) - 1)


def ended(lines: int, able: Abilities) -> str:
    """Codes that leave the last frame of so many lines where it is, and go on in place of its keys.

    `able` is the terminal for which it was drawn.
    """
    return f"\x1b[{max(lines - len(_keys(able)) + 1, 1)};1H\x1b[J{END}"
