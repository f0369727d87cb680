"""A page in Markdown on the screen of ``tracer read``: readable formulas, tables that fit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import StringIO
from textwrap import wrap
from typing import ClassVar

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Heading, Markdown, MarkdownElement
from rich.padding import Padding
from rich.style import Style
from rich.text import Text
from rich.theme import Theme

from tracer.view.say.letters import page_in_letters
from tracer.view.say.words import clean
from tracer.view.terminal.console import Abilities, rich_console
from tracer.view.terminal.palette import palette

LEAST = 12
"""Columns in which words beside a formula can be broken."""

WIDEST = 100
"""Columns; longer lines are hard to read."""


_BESIDE = re.compile(r"(?<=\S) {3,}(?=\S)")
"""What stands between a formula and the words to the right of it."""


class _Heading(Heading):
    """A heading at the left margin, with a rule below that is seen without bold letters too."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Two lines."""
        lines = self.text.wrap(console, options.max_width)
        yield from lines
        yield Text("─" * max(line.cell_len for line in lines), "markdown.table.border")


class _Code(CodeBlock):
    """Formulas and Python, four columns in, as they stand."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """One text, whose lines are only broken where they are too long."""
        lines = narrowed(str(self.text).rstrip("\n").split("\n"), options.max_width - 4)
        text = Text("\n".join(lines), console.get_style("markdown.code_block"))
        yield Padding(text, (0, 0, 0, 4))


def narrowed(lines: list[str], width: int) -> list[str]:
    """Lines where what stands to the right comes nearer, all of it by as much, or is broken there.

    Examples
    --------
    >>> narrowed(["z = U x           from the word", "h = tanh(z)       the state"], 26)
    ['z = U x      from the word', 'h = tanh(z)  the state']
    """
    excess = max(cell_len(line) for line in lines) - width
    if excess <= 0:
        return lines
    found = [_BESIDE.search(line) for line in lines]
    free = min((len(gap[0]) for gap in found if gap), default=0) - 2
    less = min(excess, max(free, 0))
    folded = []
    for line, gap in zip(lines, found, strict=True):
        at = gap.end() - less if gap else 0
        if gap is None or width - at < LEAST:
            folded.append(line)
            continue
        first, *more = wrap(line[gap.end() :], width - at)
        folded += [line[: gap.start()].ljust(at) + first, *(" " * at + part for part in more)]
    return folded


class _Page(Markdown):
    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "heading_open": _Heading,
        "fence": _Code,
        "code_block": _Code,
    }


def page(text: str, able: Abilities) -> list[Text]:
    """The lines of a page; without characters for mathematics, formulas stand as they are typed."""
    text = "\n".join(clean(line.expandtabs(4), able.encoding) for line in text.splitlines())
    if able.unicode:
        text = page_in_letters(text)
    console = rich_console(able, StringIO())
    console.push_theme(Theme(dict(_styles(able)), inherit=True))
    options = console.options.update(width=min(able.width, WIDEST) - 4)
    lines: list[Text] = []
    for segments in console.render_lines(_Page(text, hyperlinks=False), options, pad=False):
        line = Text("  ")
        for segment in segments:
            line.append(segment.text, segment.style)
        line.rstrip()
        if line.plain or (lines and lines[-1].plain):  # a table has empty lines of its own
            lines.append(line)
    return [Text(""), *lines, Text("")]


def _styles(able: Abilities) -> Mapping[str, Style]:
    code = Style(color=palette(able).colours.classes[0])
    strong = Style(bold=True)
    return {
        **{f"markdown.h{level}": strong for level in range(1, 7)},
        "markdown.code": code,
        "markdown.code_block": code,
        "markdown.table.header": strong,
        "markdown.table.border": palette(able).faint,
    }
