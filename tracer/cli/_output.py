"""Where an answer goes: to the screen or a pager, as UTF-8 to standard output, or into a file."""

from __future__ import annotations

import codecs
import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, TextIO, cast

import click

from tracer.cli._options import not_empty
from tracer.errors import InputError
from tracer.language import _

if TYPE_CHECKING:
    from rich.text import Text

    from tracer.view.terminal.console import Abilities

SCREEN, PLAIN = "rich", "plain"
"""The formats for people that are lines of a screen."""

STANDARD = "-"
"""In the place of a file: standard output."""

output_option = click.option(
    "--output",
    metavar="FILE",
    callback=not_empty,
    help=_("Write what --format says to FILE, as UTF-8, whole or not at all."),
)
pager_option = click.option(
    "--no-pager", is_flag=True, help=_("Never open a pager for what is longer than the screen.")
)


def check_output(output: str | None, layout: str, *, no_pager: bool = False) -> None:
    """Raise an `InputError` where --output or --no-pager would change nothing."""
    if output is not None and layout == SCREEN:
        raise InputError(
            _("--output {file}: --format {layout} is for a screen; add --format plain").format(
                file=output, layout=layout
            )
            + " "
            + _("or one of the formats for programs")
        )
    if no_pager and (output is not None or layout not in (SCREEN, PLAIN)):
        what = f"--output {output}" if output is not None else f"--format {layout}"
        raise InputError(_("--no-pager: {what} opens none").format(what=what))


@contextmanager
def written(output: str | None) -> Iterator[TextIO]:
    """Give a stream for CSV, JSON and the like: a file or standard output, always UTF-8.

    A file is there whole, when all is written, or not at all. What UTF-8 cannot hold, half of a
    character in a name, is written out.
    """
    if output is None or output == STANDARD:
        sys.stdout.flush()
        raw = getattr(sys.stdout, "buffer", None)
        # A TextIOWrapper would close standard output at its end.
        yield sys.stdout if raw is None else cast("TextIO", _utf_8(raw, "backslashreplace"))
        return
    from tracer.storage.whole import replacing

    with (
        replacing(output) as temporary,
        Path(temporary).open("w", encoding="utf-8", errors="backslashreplace", newline="") as file,
    ):
        yield file


_utf_8 = codecs.getwriter("utf-8")


def beside(table: str | None) -> TextIO:
    """Where a screen goes: to standard error where the table has standard output for itself."""
    return sys.stderr if table == STANDARD else sys.stdout


def write_screen(
    lines: Sequence[Text], able: Abilities, output: str | None = None, *, no_pager: bool = True,
    to: TextIO | None = None,
) -> None:  # fmt: skip
    """Write a screen; where it is longer than the terminal, through the reader's pager."""
    from tracer.view.terminal.console import rendered

    text = rendered(lines, able)
    if output is not None:
        with written(output) as file:
            file.write(text)
    elif not no_pager and _longer(lines, able) and _has_pager():
        os.environ.setdefault("LESS", "FRX")  # as git does: colours, and the last page stays
        click.echo_via_pager(text.removesuffix("\n"))
    else:
        (to or sys.stdout).write(text)


def _longer(lines: Sequence[Text], able: Abilities) -> bool:
    from tracer.view.terminal.console import rows

    return (
        able.height is not None and sum(len(rows(one, able.width)) for one in lines) >= able.height
    )


def _has_pager() -> bool:
    """Whether click would find one: what PAGER says, else less; and a person to press its keys.

    An empty PAGER means none, as for git and man; so do those that only pass on what they get, or
    show nothing at all.
    """
    if os.environ.get("PAGER", "less").strip() == "":
        return False
    if not sys.stdin.isatty() or os.environ.get("TERM") == "dumb":
        return False
    try:
        chosen = shlex.split(os.environ.get("PAGER", ""))
    except ValueError:  # a quotation mark without its other
        return False
    name = (chosen or ["more" if os.name == "nt" else "less"])[0]
    return name not in ("cat", "true", "false", ":") and which(name) is not None


def for_file(able: Abilities) -> Abilities:
    """What a file can hold: all characters, no colours, and as many columns as the terminal."""
    return replace(able, colours=None, unicode=True, encoding="utf-8", terminal=False, height=None)
