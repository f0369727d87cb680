"""``tracer diff``: how far two traces are apart at each word, and where that begins."""

from __future__ import annotations

import json

import click

from tracer.cli import NOT_PASSED, PASSED
from tracer.cli._options import finite
from tracer.cli._output import (
    check_output,
    for_file,
    output_option,
    pager_option,
    write_screen,
    written,
)
from tracer.language import _


@click.command(
    help=_(
        """Compare two saved traces: how much they differ at each word, and where that begins.

        A is what you got, B what you expected. Both need the same kind of cell, the same sizes and
        the same number of words; words and weights may differ. B's equations tell which differences
        are only a consequence. The exit code is 0 if they agree, 1 if they differ, and 2 if they
        cannot be compared.

        \b
        Example:
          tracer diff mine.safetensors expected.safetensors
        """
    )
)
@click.argument("a")
@click.argument("b")
@click.option(
    "--rtol",
    type=click.FloatRange(min=0),
    callback=finite,
    help=_("Relative tolerance [float32: 1e-5, float64: 1e-9]."),
)
@click.option(
    "--atol",
    type=click.FloatRange(min=0),
    callback=finite,
    help=_("Absolute tolerance [float32: 1e-6, float64: 1e-12]."),
)
@click.option(
    "--format",
    "layout",
    type=click.Choice(["rich", "plain", "json"]),
    default="rich",
    show_default=True,
    help=_("For people: rich, plain. For programs: json."),
)
@output_option
@pager_option
def command(
    a: str, b: str, rtol: float | None, atol: float | None, layout: str, output: str | None,
    no_pager: bool,
) -> int:  # fmt: skip
    """Open both, compare, show."""
    import tracer
    from tracer.view.export.divergence_json import as_record
    from tracer.view.parts.parting import parting
    from tracer.view.say.words import clean
    from tracer.view.terminal.console import abilities
    from tracer.view.terminal.divergence import divergence

    check_output(output, layout, no_pager=no_pager)
    traces = [tracer.open(path) for path in (a, b)]
    found = tracer.compare(*traces, rtol=rtol, atol=atol)
    if layout == "json":
        with written(output) as stream:
            record = as_record(found, parting(traces, (a, b), found), traces[0].first_step)
            stream.write(json.dumps(record, allow_nan=False) + "\n")
    else:
        able = abilities(plain=layout == "plain")
        able = for_file(able) if output is not None else able
        names = [clean(path, able.encoding) for path in (a, b)]
        lines = divergence(traces, names, found, able)
        write_screen(lines, able, output, no_pager=no_pager)
    return PASSED if found is None else NOT_PASSED
