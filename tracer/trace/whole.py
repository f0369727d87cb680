"""Whole numbers that a caller gives: Python's own, or those of NumPy."""

from __future__ import annotations

from operator import index
from typing import Any


def as_whole(value: Any) -> int | None:
    """The whole number that came, as Python's own; None if it is none. True is no number.

    Examples
    --------
    >>> import numpy as np
    >>> as_whole(np.int64(5)), as_whole(5.0), as_whole(True)
    (5, None, None)
    """
    if isinstance(value, bool):
        return None
    try:
        return index(value)
    except TypeError:
        return None


def written(value: Any) -> str:
    """What came, as a message has it; Python itself writes no number of thousands of digits.

    Examples
    --------
    >>> written(-1), written(10**5000)
    ('-1', 'a number of thousands of digits')
    """
    try:
        return repr(value)
    except ValueError:
        return "a number of thousands of digits"
