"""Arguments that are lent to the student's code, in memory that the grader looks at afterwards.

Whether an argument is still what it was must not be told by the process that the student's code
runs in: who changed it could also change what is told. So the arguments lie in memory that the
grader has handed over, each in a place of its own that both sides know from the plan, and the
grader reads it when that process has ended.

Like `runner`, this file is copied beside the student's and imports the standard library only.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

LINE = 64
"""Every array begins at a multiple of so many bytes."""


def places(sizes: Sequence[Sequence[int]]) -> tuple[list[list[int]], int]:
    """Where the arrays of each check lie that have so many bytes each, and how long it all is."""
    found: list[list[int]] = []
    at = 0
    for of_check in sizes:
        found.append([])
        for size in of_check:
            found[-1].append(at)
            at += -(-size // LINE) * LINE
    return found, at


def sizes(check: Mapping[str, Any], inputs: Mapping[str, Any], most: int) -> list[int]:
    """The bytes of all arguments of a check, in order; of what it has returned itself, `most`."""
    named = [
        one for call in check["calls"] for one in (*(call["made_with"] or ()), *call["arguments"])
    ]
    return [
        inputs[part[1]].nbytes if part[0] == "leaf" else most
        for _name, whole in named
        for part in _arrays(whole)
    ]


def _arrays(part: Sequence[Any]) -> Iterator[Sequence[Any]]:
    if part[0] in ("leaf", "own"):
        yield part
    elif part[0] in ("tuple", "list", "dict"):
        for _name, inner in part[1]:
            yield from _arrays(inner)


class Lent:
    """The memory, as the process sees it that runs the student's code."""

    def __init__(self, file: int, sizes: Sequence[Sequence[int]]) -> None:
        import numpy as np

        self._places, length = places(sizes)
        os.ftruncate(file, 0)  # the request is read
        os.ftruncate(file, length)
        self._memory = mmap.mmap(file, length) if length else b""
        os.close(file)  # nobody makes it shorter any more
        self._array = np.ndarray
        self._next: Iterator[int] = iter(())

    def begin(self, number: int) -> None:
        """Lend the arguments of this check from now on."""
        self._next = iter(self._places[number])

    def copied(self, array: Any) -> Any:
        """A copy of the next one."""
        there = self._array(array.shape, array.dtype, self._memory, next(self._next))
        there[...] = array
        return there
