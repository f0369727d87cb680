"""What the terminal can do, decided in one place, and lines of text written to it.

========================  ==========================================================
said by                   effect
========================  ==========================================================
``COLUMNS``, the terminal width, held between 40 and 200 columns
a pipe or a file          no colour, no control codes; as wide as the terminal that the command was
                          typed at (``| less -R``), 80 columns where there is none
``NO_COLOR``              no colour
``FORCE_COLOR``           colour even into a pipe; 1, 2, 3: at least 16, 256, all colours
``TERM=dumb``             no colour and ASCII only
the stream's encoding     ASCII only unless it is UTF-8
``COLORFGBG``             a light or a dark background; dark where nothing is said
========================  ==========================================================

``NO_COLOR`` wins over ``FORCE_COLOR``. A rendered screen is a list of `rich.text.Text` lines, none
wider than `Abilities.width` but those of code on a page; tests compare their plain text.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import StringIO
from itertools import accumulate
from typing import Literal, TextIO, TypeAlias

from rich.cells import cell_len
from rich.console import Console
from rich.text import Span, Text

from tracer.view.say.words import in_ascii

Theme: TypeAlias = Literal["dark", "light"]
Colours: TypeAlias = Literal["standard", "256", "truecolor"]

NARROWEST, WIDEST = 40, 200

_DEPTHS: tuple[Colours, ...] = ("standard", "256", "truecolor")


@dataclass(frozen=True, slots=True)
class Abilities:
    r"""What a stream can show.

    Attributes
    ----------
    width : int
        Columns.
    colours : {"standard", "256", "truecolor"} or None
        How many colours; None for no colour and no control codes at all.
    unicode : bool
        Whether block glyphs may be used; digits stand in for them otherwise.
    theme : {"dark", "light"}
        The background that colours are chosen for.
    terminal : bool
        Whether a person looks at it, as far as can be known.
    height : int or None
        Lines of the terminal; None where it is none.
    encoding : str
        What the stream can write; a word it cannot write is written out (``\u6c34``).
    """

    width: int = 80
    colours: Colours | None = None
    unicode: bool = True
    theme: Theme = "dark"
    terminal: bool = False
    encoding: str = "utf-8"
    height: int | None = None


def abilities(
    stream: TextIO | None = None,
    environ: Mapping[str, str] | None = None,
    *,
    plain: bool = False,
    theme: Theme | None = None,
) -> Abilities:
    """What `stream` (standard output) can show, see the table above; `plain` forbids colour."""
    stream = sys.stdout if stream is None else stream
    environ = os.environ if environ is None else environ
    terminal = stream.isatty()
    dumb = environ.get("TERM") == "dumb"
    encoding = (getattr(stream, "encoding", None) or "utf-8").lower()
    return Abilities(
        width=min(max(_columns(stream, environ, terminal=terminal), NARROWEST), WIDEST),
        colours=None if plain or dumb else _colours(environ, terminal=terminal),
        unicode=encoding.startswith("utf") and not dumb,
        encoding=encoding,
        theme=theme or _background(environ),
        terminal=terminal,
        height=_lines(stream, environ) if terminal else None,
    )


def _columns(stream: TextIO, environ: Mapping[str, str], *, terminal: bool) -> int:
    columns = _whole(environ.get("COLUMNS", ""))
    if columns:
        return columns
    size = _size(stream) if terminal else _size_beside()
    return (size.columns if size else 0) or 80


def _lines(stream: TextIO, environ: Mapping[str, str]) -> int:
    lines = _whole(environ.get("LINES", ""))
    if lines:
        return lines
    size = _size(stream)
    return (size.lines if size else 0) or 24


def _size(stream: TextIO) -> os.terminal_size | None:
    """How large the terminal is that a stream writes to, if it is one."""
    try:
        return os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        return None


def _size_beside() -> os.terminal_size | None:
    """How large the terminal is that a pipe ends at: that of the errors, or the controlling one."""
    beside = _size(sys.stderr)
    if beside is None:
        with suppress(OSError), open("/dev/tty", "rb", buffering=0) as controlling:  # noqa: PTH123
            return os.get_terminal_size(controlling.fileno())
    return beside


def _whole(text: str) -> int | None:
    """A whole number of a size that somebody can mean."""
    return int(text) if text.isdecimal() and len(text) <= 9 else None


def _colours(environ: Mapping[str, str], *, terminal: bool) -> Colours | None:
    forced = environ.get("FORCE_COLOR", "")
    if environ.get("NO_COLOR") or not (terminal or forced not in ("", "0")):
        return None
    term = environ.get("TERM", "")
    if (
        environ.get("COLORTERM") in ("truecolor", "24bit")
        or "WT_SESSION" in environ
        or term.endswith(("-direct", "-kitty", "-ghostty"))
    ):
        depth = 2
    elif "256" in term:
        depth = 1
    elif terminal and term in ("", "unknown") and not forced:
        return None
    else:
        depth = 0
    level = _whole(forced)
    if level is not None:
        depth = max(depth, min(level, 3) - 1)
    elif forced:
        depth = max(depth, 1)
    return _DEPTHS[depth]


def _background(environ: Mapping[str, str]) -> Theme:
    """``COLORFGBG`` is ``foreground;background``; 7 and 15 are the white ones."""
    return "light" if environ.get("COLORFGBG", "").split(";")[-1] in ("7", "15") else "dark"


def rows(line: Text, width: int) -> list[Text]:
    """A line as a terminal of so many columns shows it: what is too wide goes on in the next row.

    Examples
    --------
    >>> [row.plain for row in rows(Text("numbers"), 4)]
    ['numb', 'ers']
    """
    if line.cell_len <= width:
        return [line]
    cuts, used = [], 0
    for place, sign in enumerate(line.plain):
        columns = cell_len(sign)
        if used + columns > width:
            cuts.append(place)
            used = 0
        used += columns
    return list(line.divide(cuts))


def write(lines: Iterable[Text], able: Abilities, stream: TextIO | None = None) -> None:
    """Write rendered lines to `stream` (standard output) as `able` allows."""
    stream = sys.stdout if stream is None else stream
    stream.write(rendered(lines, able))


def rendered(lines: Iterable[Text], able: Abilities) -> str:
    """The lines with the control codes that `able` allows, each ended."""
    # Rich ends the program when a pipe is closed; that is for the command line to decide.
    written = StringIO()
    console = rich_console(able, written)
    for line in lines:
        console.print(line if able.unicode else ascii_line(line), soft_wrap=True)
    return written.getvalue()


def rich_console(
    able: Abilities, stream: TextIO, *, record: bool = False, moving: bool = False
) -> Console:
    """A rich console that does what `able` says and asks the environment nothing more.

    `moving` is for a bar, which is drawn over and over; without it Rich never draws one.
    """
    return Console(
        file=stream, width=able.width, color_system=able.colours, record=record,
        force_terminal=able.colours is not None, force_jupyter=False, force_interactive=moving,
        no_color=False, legacy_windows=False, highlight=False, markup=False, emoji=False,
        _environ={},
    )  # fmt: skip


def ascii_line(line: Text) -> Text:
    """`line` with the signs that screens use written in ASCII, see `words.in_ascii`."""
    written = [in_ascii(sign) for sign in line.plain]
    places = [0, *accumulate(map(len, written))]
    spans = [Span(places[span.start], places[span.end], span.style) for span in line.spans]
    return Text("".join(written), style=line.style, spans=spans)


def folded(text: Text, width: int, indent: str = "", *, unicode: bool = True) -> list[Text]:
    """`text` broken into lines of at most `width` columns, between words where it can be.

    Text with mathematics in it (``σ(z)`` where z ≥ 0) takes more room without `unicode`.
    """
    text = text if unicode else ascii_line(text)
    room = width - cell_len(indent)
    console = rich_console(Abilities(width=room), StringIO())
    lines = text.wrap(console, room)
    for line in lines:
        line.rstrip()
    return [Text(indent).append_text(line) for line in lines]
