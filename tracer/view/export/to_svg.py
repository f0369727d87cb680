"""A screen as an SVG picture, for slides and pages: the same lines, drawn once and for ever.

The picture depends on nothing but the lines and the theme: no font is fetched, no number is drawn
at random, so the same command gives the same file, byte for byte.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import StringIO
from types import MappingProxyType

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from tracer.view.terminal.console import Abilities, Theme, rich_console

WIDTH = 100
"""Columns of a picture unless ``COLUMNS`` says otherwise; a picture has no terminal to ask."""

_ANSI = [(59, 66, 82), (191, 97, 106), (163, 190, 140), (235, 203, 139)] * 2

_THEMES: Mapping[Theme, TerminalTheme] = MappingProxyType(
    {
        "dark": TerminalTheme((22, 26, 33), (222, 226, 233), _ANSI, _ANSI),
        "light": TerminalTheme((255, 255, 255), (28, 33, 41), _ANSI, _ANSI),
    }
)


def picture_abilities(able: Abilities, theme: Theme | None) -> Abilities:
    """What a picture can show, whatever the terminal can: all colours, all glyphs."""
    width = able.width if os.environ.get("COLUMNS") else WIDTH
    return replace(
        able, width=width, colours="truecolor", unicode=True, encoding="utf-8",
        theme=theme or "dark",
    )  # fmt: skip


def to_svg(lines: Sequence[Text], able: Abilities, title: str) -> str:
    """The picture.

    Parameters
    ----------
    lines : sequence of Text
        Rendered for the width and the theme of `able`.
    able : Abilities
    title : str
        Written in the frame above the lines.
    """
    console = rich_console(able, StringIO(), record=True)
    for line in lines:
        console.print(_parted(line), soft_wrap=True)
    return console.export_svg(
        title=title, theme=_THEMES[able.theme], code_format=_frame(), unique_id="tracer"
    )


def _parted(line: Text) -> Text:
    """`line` with the blanks between its pieces as pieces of their own.

    Rich places every piece by its column. Some programs that draw SVG drop the blanks at the ends
    of a piece and stretch the rest.
    """
    parted = line.copy()
    ends = {end for span in line.spans for end in (span.start, span.end)}
    for blanks in re.finditer(r" +", line.plain):
        start, end = blanks.span()
        if start == 0 or end - start > 1 or ends & {start, end}:
            parted.stylize(Style(blink=False), start, end)
    return parted


def _frame() -> str:
    """Rich's frame with the fonts that a reader has, in place of one fetched from the network."""
    start, end = (
        CONSOLE_SVG_FORMAT.index("@font-face"),
        CONSOLE_SVG_FORMAT.index(".{unique_id}-matrix"),
    )
    fonts = "Menlo, Consolas, DejaVu Sans Mono, Noto Sans Mono CJK TC, monospace"
    frame = CONSOLE_SVG_FORMAT[:start] + CONSOLE_SVG_FORMAT[end:]
    return frame.replace("Fira Code, monospace", fonts)
