"""What the options of several verbs have in common."""

from __future__ import annotations

import math
from typing import Any

import click

from tracer.errors import InputError
from tracer.language import _


class Finite(click.FloatRange):
    """A number within bounds; NaN and infinity, which no bound keeps out, are none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read the number, or say what is wrong with it."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(_("{value} is not a finite number.").format(value=value), param, ctx)
        return number


def check_theme(theme: str | None, layout: str) -> None:
    """Colours are chosen only for what has colours."""
    if theme is not None and layout not in ("rich", "svg"):
        raise InputError(
            _("--theme {theme} chooses colours, and --format {layout} has none").format(
                theme=theme, layout=layout
            )
        )
