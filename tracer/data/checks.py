"""Settings are numbers of the right kind and size, or an error names them."""

from __future__ import annotations

import math
from typing import Any

from tracer.errors import InputError
from tracer.trace.whole import as_whole, written


class SettingError(InputError):
    """A setting that makes no sense: which one, what came, what was wanted.

    The command line has other names for the settings, and says the same with them.
    """

    def __init__(self, name: str, value: Any, wanted: str) -> None:
        self.name, self.value, self.wanted = name, value, wanted
        super().__init__(f"{name} is {written(value)}; expected {wanted}")


def check_whole(name: str, value: Any, least: int) -> int:
    """`value` as Python's own int; a `SettingError` unless it is whole, `least` or more."""
    number = as_whole(value)
    if number is None:
        raise SettingError(name, value, "a whole number")
    if number < least:
        raise SettingError(name, value, f"{least} or more")
    return number


def check_number(name: str, value: Any, least: float = -math.inf, below: float = math.inf) -> None:
    """Raise a `SettingError` unless `value` is a finite number from `least` up to below `below`."""
    if type(value) not in (int, float):
        raise SettingError(name, value, "a number")
    if not math.isfinite(value):
        raise SettingError(name, value, "a finite number")
    if least <= value < below:
        return
    bounds = [f"{least:g} or more"] * (least > -math.inf) + [f"less than {below:g}"] * (
        below < math.inf
    )
    raise SettingError(name, value, ", ".join(bounds))


def check_share(name: str, value: Any) -> None:
    """Raise a `SettingError` unless `value` is above 0 and below 1: both parts must have some."""
    check_number(name, value)
    if not 0 < value < 1:
        raise SettingError(name, value, "a share between 0 and 1, like 0.1")
