"""Settings are numbers of the right kind and size, or an error names them."""

from __future__ import annotations

import math
from typing import Any

from tracer.errors import InputError


def check_whole(name: str, value: Any, least: int) -> None:
    """Raise an `InputError` unless `value` is a whole number, `least` or more."""
    if type(value) is not int:
        raise InputError(f"{name} is {value!r}; wanted a whole number")
    if value < least:
        raise InputError(f"{name} is {value}; wanted {least} or more")


def check_number(name: str, value: Any, least: float = -math.inf, below: float = math.inf) -> None:
    """Raise an `InputError` unless `value` is a finite number from `least` to less than `below`."""
    if type(value) not in (int, float):
        raise InputError(f"{name} is {value!r}; wanted a number")
    if math.isfinite(value) and least <= value < below:
        return
    bounds = [f"{least:g} or more"] * (least > -math.inf) + [f"less than {below:g}"] * (
        below < math.inf
    )
    raise InputError(f"{name} is {value}; wanted {', '.join(bounds) or 'a finite number'}")
