"""What the options of several verbs have in common."""

from __future__ import annotations

import math

import click

from tracer.errors import InputError
from tracer.language import _


def finite(context: click.Context, parameter: click.Parameter, value: float | None) -> float | None:
    """Refuse NaN and infinity, which lie outside no range; the callback of an option."""
    if value is not None and not math.isfinite(value):
        raise click.BadParameter(
            _("{value} is not a finite number.").format(value=value), context, parameter
        )
    return value


def check_theme(theme: str | None, layout: str) -> None:
    """Colours are chosen only for what has colours."""
    if theme is not None and layout not in ("rich", "svg"):
        raise InputError(
            _("--theme {theme} chooses colours, and --format {layout} has none").format(
                theme=theme, layout=layout
            )
        )
