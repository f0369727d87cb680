"""What the options of several verbs have in common."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

import click

from tracer.errors import InputError
from tracer.language import _

Command = TypeVar("Command", bound=Callable[..., Any])


def finite(context: click.Context, parameter: click.Parameter, value: float | None) -> float | None:
    """Refuse NaN and infinity, which lie outside no range; the callback of an option."""
    if value is not None and not math.isfinite(value):
        raise click.BadParameter(
            _("{value} is not a finite number.").format(value=value), context, parameter
        )
    return value


def time_limit_option(what: str, default: float | None = 5.0) -> Callable[[Command], Command]:
    """``--time-limit``, of whatever its help says it is of."""
    return click.option(
        "--time-limit",
        type=click.FloatRange(min=0.1, max=3600),
        callback=finite,
        default=default,
        show_default=True,
        help=what,
    )


Value = TypeVar("Value", bound=str | tuple[str, ...] | None)


def not_empty(context: click.Context, parameter: click.Parameter, value: Value) -> Value:
    """Refuse an empty text that somebody typed (``--device "$DEVICE"``): it would have no effect.

    The callback of an option.
    """
    typed = context.get_parameter_source(parameter.name or "")
    each = value if isinstance(value, tuple) else (value,)
    if "" in each and typed is click.core.ParameterSource.COMMANDLINE:
        raise click.BadParameter(_("it is empty."), context, parameter)
    return value


def check_theme(theme: str | None, layout: str) -> None:
    """Colours are chosen only for what has colours."""
    if theme is not None and layout not in ("rich", "svg"):
        raise InputError(
            _("--theme {theme} chooses colours, and --format {layout} has none").format(
                theme=theme, layout=layout
            )
        )
