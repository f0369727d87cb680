"""The order in which the lines of a program can be computed within a step."""

from __future__ import annotations

from collections.abc import Mapping

from tracer.errors import InputError
from tracer.program.line import Line


def sequence_of(title: str, lines: Mapping[str, Line]) -> tuple[str, ...]:
    """Every line after what it reads; the order of `lines` where that leaves it open.

    Raises
    ------
    InputError
        If a line reads itself in the end, or a forward line what only the backward pass computes.
    """
    found: dict[str, None] = {}
    under_way: set[str] = set()

    def visit(name: str) -> None:
        if name in found or name not in lines:
            return
        if name in under_way:
            raise InputError(
                f"{title}: {name} would be computed from itself; an equation can read only what is "
                "computed before it"
            )
        under_way.add(name)
        line = lines[name]
        for read in line.reads:
            if read in lines and lines[read].backward and not line.backward:
                raise InputError(
                    f"{title}: {name} belongs to the forward pass and reads {read}, which only the "
                    "backward pass computes"
                )
            visit(read)
        found[name] = None

    for name in lines:
        visit(name)
    return tuple(found)


def still_holds(sequence: Mapping[str, int], line: Line) -> bool:
    """Whether a line can stand where the line of its name stood."""
    here = sequence[line.name]
    return all(sequence.get(read, -1) < here for read in line.reads)
