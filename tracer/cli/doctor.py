"""``tracer doctor``: what tracer found on this machine, and what to do about it."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from tracer.cli._output import check_output, pager_option, write_screen
from tracer.language import _


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
    type=click.Choice(["rich", "plain", "json"]),
    default="rich",
    show_default=True,
    help=_("For people: rich, plain. For programs and bug reports: json."),
)
@click.option(
    "--clear-cache",
    "clear",
    is_flag=True,
    help=_("First remove the compiled kernels; each is compiled anew when it is needed."),
)
@pager_option
def command(layout: str, clear: bool, no_pager: bool) -> None:
    """Collect the findings and show them."""
    from tracer.cli._diagnosis import diagnose
    from tracer.view.parts.doctor import diagnosis
    from tracer.view.terminal.console import abilities
    from tracer.view.terminal.doctor import doctor, terminal_findings

    check_output(None, layout, no_pager=no_pager)
    able = abilities(plain=layout == "plain")
    findings = (*diagnose(clear=clear), *terminal_findings(able))
    if layout == "json":
        rows = [asdict(finding) | {"status": finding.status} for finding in findings]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=not able.unicode))
    else:
        write_screen(doctor(diagnosis(findings), able), able, no_pager=no_pager)
