"""``tracer doctor``: what tracer found on this machine, and what to do about it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING

import click

from tracer.language import _, plural

if TYPE_CHECKING:
    from rich.text import Text

    from tracer.cli._diagnosis import Finding
    from tracer.view.terminal.console import Abilities


@click.command(
    help=_(
        """Show versions, kernels, terminal and sandbox, and how to fix what is wrong.

        \b
        Example:
          tracer doctor --clear-cache
        """
    )
)
@click.option(
    "--format",
    "layout",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help=_("Text for people, JSON for programs and bug reports."),
)
@click.option(
    "--clear-cache",
    "clear",
    is_flag=True,
    help=_("First remove the compiled kernels; each is compiled anew when it is needed."),
)
def command(layout: str, clear: bool) -> None:
    """Collect the findings and show them."""
    from tracer.cli._diagnosis import diagnose
    from tracer.view.terminal.console import abilities, write

    able = abilities()
    findings = (*diagnose(clear=clear), *_terminal(able))
    if layout == "json":
        rows = [asdict(finding) | {"status": finding.status} for finding in findings]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=not able.unicode))
    else:
        write(_lines(findings, able.width), able)


def _terminal(able: Abilities) -> Iterator[Finding]:
    from tracer.cli._diagnosis import Finding

    environment = [
        f"{name}={os.environ[name]}"
        for name in ("TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "COLUMNS")
        if name in os.environ
    ]
    yield Finding("terminal", "kind", _("a terminal") if able.terminal else _("a pipe or a file"))
    yield Finding("terminal", "width", str(able.width))
    yield Finding(
        "terminal",
        "colours",
        able.colours or _("none"),
        _("set FORCE_COLOR=1 to get them") if able.terminal and able.colours is None else "",
    )
    yield Finding(
        "terminal",
        "characters",
        f"Unicode ({able.encoding})" if able.unicode else f"ASCII ({able.encoding})",
        "" if able.unicode else _("PYTHONUTF8=1 and a UTF-8 terminal give finer pictures"),
    )
    yield Finding("terminal", "environment", " ".join(environment) or "-")


def _lines(findings: Sequence[Finding], width: int) -> Iterator[Text]:
    from rich.text import Text

    from tracer.view.terminal.console import folded

    titles = {
        "versions": _("Versions"),
        "machine": _("Machine"),
        "kernels": _("Kernels"),
        "sandbox": _("Sandbox"),
        "language": _("Language"),
        "terminal": _("Terminal"),
    }
    words = {"ok": _("ok"), "note": _("note")}
    styles = {"ok": "green", "note": "bold yellow"}
    for area, members in groupby(findings, key=lambda finding: finding.area):
        yield Text(titles[area], style="bold")
        for finding in members:
            line = Text("  ").append(f"{words[finding.status]:<5}", styles[finding.status])
            line.append(f" {finding.name:<12} ")
            if " " not in finding.value:  # a path stays whole, to be copied
                yield line.append(finding.value)
            else:
                first, *more = folded(Text(finding.value), width, " " * 21)
                yield line.append_text(first[21:])
                yield from more
            if finding.advice:
                yield from folded(Text(finding.advice, style="italic"), width, " " * 21)
    yield Text("")
    yield from folded(Text(_verdict(findings), style="bold"), width)


def _verdict(findings: Sequence[Finding]) -> str:
    """The last line: whether there is anything to do."""
    notes = [finding.name for finding in findings if finding.advice]
    if not notes:
        return _("All is well.")
    return plural(
        "tracer works. See {count} note above: {names}.",
        "tracer works. See {count} notes above: {names}.",
        len(notes),
    ).format(count=len(notes), names=", ".join(notes))
