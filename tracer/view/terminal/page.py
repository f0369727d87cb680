"""A page in Markdown on the screen of ``tracer read``: code as it stands, tables that fit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from io import StringIO
from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar, Self

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Heading, Markdown, MarkdownElement
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from rich.theme import Theme

from tracer.view.say.words import in_ascii, visible
from tracer.view.terminal.console import Abilities, rich_console
from tracer.view.terminal.palette import palette

if TYPE_CHECKING:
    from markdown_it.token import Token

LEAST = 12
"""Columns in which words beside a formula can be broken."""

WIDEST = 100
"""Columns; longer lines are hard to read."""

INDENT = 4
"""Columns that are free before code, where there is so much room."""

MARGIN = 2
"""Columns that are free at the left and at the right."""

_BESIDE = re.compile(r"(?<=\S) {3,}(?=\S)")
"""What stands between a formula and the words to the right of it."""

_INLINE = re.compile(r"`[^`]+`")
_EMPHASIS = re.compile(r"(?<!\w)\*(?=\S)[^*]*(?<=\S)\*(?!\w)")
_SIGN = re.compile(r"([!-/:-@\[-`{-~])")
"""What may mean something in Markdown."""

_JOINT = "\ue000"
"""A space of code in a sentence, where no line may end; no page has this sign."""


class _Heading(Heading):
    """A heading at the left margin, with a rule below that is seen without bold letters too."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Two lines."""
        lines = self.text.wrap(console, options.max_width)
        yield from lines
        yield Text("─" * max(line.cell_len for line in lines), "markdown.table.border")


class _Code(CodeBlock):
    """Python: a line of it is never broken, so that it can be copied from the screen.

    All of a page stands four columns in, or fewer where one of them needs the room; what is still
    too wide is for the terminal to go on with in its next row.
    """

    page: _Page

    @classmethod
    def create(cls, markdown: Markdown, token: Token) -> Self:
        """One block, which knows its page."""
        block = super().create(markdown, token)
        assert isinstance(block, cls)
        assert isinstance(markdown, _Page)
        block.page = markdown
        return block

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """One text."""
        room = options.max_width + MARGIN
        lines = self.lines(str(self.text), room)
        indent = " " * max(min(self.page.indent(room), room - _widest(lines)), 0)
        style = console.get_style("markdown.code_block")
        text = "\n".join((indent + line).rstrip() for line in lines)
        yield Text(text, style, no_wrap=True, overflow="ignore")

    @staticmethod
    def lines(text: str, _room: int) -> list[str]:
        """Its lines, as they are."""
        return text.rstrip("\n").split("\n")


class _Formulas(_Code):
    """Formulas or commands, with words to the right of them, which may come nearer."""

    @staticmethod
    def lines(text: str, room: int) -> list[str]:
        """Its lines, made narrower where they do not fit."""
        lines = _Code.lines(text, room)
        return narrowed(lines, room - INDENT) if _widest(lines) > room else lines


def narrowed(lines: list[str], width: int) -> list[str]:
    """Lines where what stands to the right comes nearer, all of it by as much, or is broken there.

    A line with two such gaps belongs to a table; then all lines stay as they are.

    Examples
    --------
    >>> narrowed(["z = U x           from the word", "h = tanh(z)       the state"], 26)
    ['z = U x      from the word', 'h = tanh(z)  the state']
    """
    excess = _widest(lines) - width
    if excess <= 0 or any(len(_BESIDE.findall(line)) > 1 for line in lines):
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


def _widest(lines: list[str]) -> int:
    return max(map(cell_len, lines))


class _Page(Markdown):
    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "heading_open": _Heading,
        "fence": _Code,
        "code_block": _Formulas,
    }

    def indent(self, room: int) -> int:
        """Columns before every block of code: as many as leave room for each that can have two."""
        free = [room - _widest(block.lines(token.content, room)) for block, token in self._blocks()]
        return min([INDENT, *(n for n in free if n >= INDENT // 2)])

    def _blocks(self) -> Iterator[tuple[type[_Code], Token]]:
        for token in self.parsed:
            block = self.elements.get(token.type)
            if block is not None and issubclass(block, _Code):
                yield block, token


def page(text: str, able: Abilities) -> list[Text]:
    """The lines of a page; only those of code may be wider than the terminal."""
    room = min(able.width, WIDEST) - 2 * MARGIN
    shown = (visible(line.expandtabs(4), able.encoding) for line in text.splitlines())
    text = "\n".join(_joined(line, room) for line in shown)
    console = rich_console(able, StringIO())
    console.push_theme(Theme(dict(_styles(able)), inherit=True))
    options = console.options.update(width=room)
    lines: list[Text] = []
    drawn = console.render(_Page(text, hyperlinks=False), options)
    for segments in Segment.split_lines(drawn):
        line = Text(" " * MARGIN)
        for segment in segments:
            line.append(segment.text.replace(_JOINT, " "), segment.style)
        line.rstrip()
        if line.plain or (lines and lines[-1].plain):  # a table has empty lines of its own
            lines.append(line)
    return [Text(""), *lines, Text("")]


def sentences(text: str, able: Abilities) -> list[Text]:
    r"""The lines of a text in which only `code` and *emphasis* are Markdown; ``f*c + i*g`` is not.

    Examples
    --------
    >>> [line.plain for line in sentences("1. Is `c` kept *before* f*c + i*g?", Abilities())]
    ['  1. Is c kept before f*c + i*g?']
    """
    if not able.unicode:  # before it is folded: σ is then a word of seven letters
        text = in_ascii(text)
    parts = []
    for code, said in _apart(_INLINE, text):
        if code:
            parts.append(said)
            continue
        for strong, words in _apart(_EMPHASIS, said):
            plain = _SIGN.sub(r"\\\1", words[1:-1] if strong else words)
            parts.append(f"*{plain}*" if strong else plain)
    return page("".join(parts), able)[1:-1]


def _apart(pattern: re.Pattern[str], text: str) -> Iterator[tuple[bool, str]]:
    """The pieces of a text in their order, and whether each is what a pattern finds."""
    at = 0
    for found in pattern.finditer(text):
        yield False, text[at : found.start()]
        yield True, found[0]
        at = found.end()
    yield False, text[at:]


def _joined(line: str, room: int) -> str:
    """A line of Markdown whose code can be copied from the screen, where it fits into a line.

    The columns of a table are too narrow for that.
    """
    if line.startswith("|"):
        return line

    def whole(found: re.Match[str]) -> str:
        return found[0].replace(" ", _JOINT) if cell_len(found[0]) - 2 <= room else found[0]

    return _INLINE.sub(whole, line)


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
