"""A request: the plan of a run and the arrays that go in, as the grader hands them over.

First comes a line of JSON, the plan and a table of the arrays; behind it lie the numbers, one array
after the other. What comes back is written where a student's code runs, and so is checked frame by
frame (`frames`); this is the grader's own, and is not.

This file is used on both sides, so it imports NumPy and the standard library only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

LINE = 8
"""Every array begins at a multiple of so many bytes."""


def packed(plan: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """The request as bytes."""
    table, parts = [], [b""]
    for name, array in arrays.items():
        numbers = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
        table.append([name, array.dtype.name, array.shape])
        parts.append(numbers + bytes(-len(numbers) % LINE))
    head = json.dumps({"plan": plan, "arrays": table}).encode("ascii")
    parts[0] = head + b" " * (-(len(head) + 1) % LINE) + b"\n"
    return b"".join(parts)


def unpacked(request: bytes) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """The plan, and the arrays by their names; they cannot be written."""
    at = request.index(b"\n") + 1
    head = json.loads(request[:at])
    arrays: dict[str, npt.NDArray[Any]] = {}
    for name, kind, shape in head["arrays"]:
        array = np.ndarray(shape, np.dtype(kind).newbyteorder("<"), request, at)
        arrays[name] = array
        at += array.nbytes + -array.nbytes % LINE
    return head["plan"], arrays
