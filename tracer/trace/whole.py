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
