"""``tracer diff``: two traces side by side, up to the first number that differs."""

from __future__ import annotations

import json

import click

from tracer.cli import NOT_PASSED, PASSED
from tracer.cli._options import finite
from tracer.language import _


@click.command(
    help=_(
        """Compare two saved traces and show the first place where they part.

        A is the one that came, B the one that was expected. Both must be runs of the same kind of
        cell, with the same sizes and as many words; the words and the weights may differ. The exit
        code is 0 when they agree, 1 when they differ, and 2 when they cannot be compared.

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
def command(a: str, b: str, rtol: float | None, atol: float | None, layout: str) -> int:
    """Open both, compare, show."""
    import tracer
    from tracer.view.export.divergence_json import as_record
    from tracer.view.say.words import clean
    from tracer.view.terminal.console import abilities, write
    from tracer.view.terminal.divergence import divergence

    traces = [tracer.open(path) for path in (a, b)]
    found = tracer.compare(*traces, rtol=rtol, atol=atol)
    if layout == "json":
        click.echo(json.dumps(as_record(found, traces[0].first_step), allow_nan=False))
    else:
        able = abilities(plain=layout == "plain")
        names = [clean(path, able.encoding) for path in (a, b)]
        write(divergence(traces, names, found, able), able)
    return PASSED if found is None else NOT_PASSED
