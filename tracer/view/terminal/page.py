"""A page in Markdown on the screen of ``tracer read``: readable formulas, tables that fit."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from typing import ClassVar

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

WIDEST = 100
"""Columns; longer lines are hard to read."""


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
        text = Text(str(self.text).rstrip("\n"), console.get_style("markdown.code_block"))
        yield Padding(text, (0, 0, 0, 4))


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
