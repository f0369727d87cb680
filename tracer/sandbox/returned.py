"""What a student's function returned, read as plain arrays; runs in the child.

A list, a tensor or Python's own number is welcome where an array is expected. What is none of them,
or comes in another structure than the plan says, is told as it is: `Returned`.

Like `runner`, this file is copied beside the student's; it imports the standard library and, when
it is first used, NumPy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

MOST_ROWS = 100
"""Rows of a list that are told of."""


class Returned(Exception):
    """What came back is not numbers; `facts` say what it is."""

    def __init__(self, what: str, got: object, key: str = "", **more: object) -> None:
        super().__init__(what)
        self.facts = {"event": "returned", "what": what, "got": got, "name": key, **more}


def leaves(value: Any, part: list[Any], kept: dict[str, Any]) -> list[tuple[str, Any]]:
    """The arrays in what was returned, each with its key, in the order of the plan."""
    kind = part[0]
    if kind == "kept":
        kept[part[1]] = value
        return []
    if kind == "leaf":
        if value is None:
            raise Returned("none", "None", part[1])
        # [h] is h in a list, (h,) too; [row, row] is h row by row, and [row] the only row of it
        if type(value) in (tuple, list) and len(value) == 1:
            rank = getattr(value[0], "ndim", -1)
            # Where it is not known how many axes there are, a list may well be of rows.
            only = part[2] is None and rank > 1 and type(value) is tuple
            value = value[0] if only or rank == part[2] else value
        elif type(value) in (tuple, list) and several_arrays(value, part[2]):
            raise Returned("count", type(value).__name__, part[1], length=len(value))
        return [(part[1], value)]
    if value is None:
        raise Returned("none", "None")
    if kind == "dict":
        return [leaf for name, inner in part[1]
                for leaf in leaves(entry(value, name), inner, kept)]  # fmt: skip
    several = isinstance(value, (tuple, list))
    stacked = not several and getattr(value, "ndim", 0) > 1
    if not several and not stacked:
        raise Returned("count", type(value).__name__)
    if len(value) != len(part[1]):  # of an array, the rows are no values of their own
        raise Returned("count", type(value).__name__, length=len(value) if several else None)
    if several and all(one is None for one in value):
        raise Returned("none", type(value).__name__)
    found = [leaf for one, (_name, inner) in zip(value, part[1], strict=True)
             for leaf in leaves(one, inner, kept)]  # fmt: skip
    if stacked and len({getattr(one, "ndim", 0) for _key, one in found}) != 1:
        raise Returned("count", type(value).__name__)
    return found


def several_arrays(values: Any, rank: int | None) -> bool:
    """Whether each of several values has already all axes of the one array that is wanted."""
    if rank is None or len(values) < 2:
        return False
    return all(getattr(one, "ndim", -1) >= rank for one in values)


def entry(value: Any, name: str) -> Any:
    """One entry of a dict that was returned."""
    if not isinstance(value, dict):
        raise Returned("no dict", type(value).__name__)
    if name not in value:
        raise Returned("no entry", ", ".join(sorted(map(str, value)))[:200], name)
    return value[name]


def lengths(value: Any) -> list[int]:
    """How long each row of a list is; nothing where it is no list of rows."""
    if type(value) not in (list, tuple) or len(value) > MOST_ROWS:
        return []
    try:
        return [len(row) for row in value]
    except BaseException:  # noqa: BLE001 - a __len__ of the student's may do anything
        return []


def numbers(most: int) -> Callable[[str, Any, bool], Any]:
    """What makes a plain array of a value; lists, tensors and Python's numbers are welcome.

    `most` is how many bytes an array may have.
    """
    import numpy as np

    asarray, ndarray = np.asarray, np.ndarray  # the student's code may put others in their place

    def plain(key: str, value: Any, single: bool) -> Any:  # noqa: FBT001
        if hasattr(value, "detach"):  # a tensor that remembers how it was made
            value = value.detach()
        inner = value
        while type(inner) in (list, tuple) and inner:
            inner = inner[0]
        try:
            array = asarray(value)
        except ValueError:
            kind, rows = type(value).__name__, lengths(value)
            raise Returned("ragged", kind, key, rows=rows) from None
        kind = array.dtype.kind
        if array.dtype.name not in ("float64", "float32") and kind not in "iub":
            raise Returned("dtype", type(value).__name__, key, dtype=str(array.dtype))
        if array.ndim > 4 or array.nbytes > most:
            raise Returned("shape", list(array.shape), key)
        if not isinstance(value, ndarray) and not hasattr(inner, "dtype"):
            # Python's own numbers have no precision, so it is taken for that of the arguments.
            return array.astype("float32" if single else "float64")
        return array.astype("int64") if kind in "iu" else array

    return plain
