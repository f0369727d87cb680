"""Brings the numbers that the threads of a block share: from the card's memory to the block's.

They are read into registers, all at once, so that they are on their way side by side while the
numbers before them are still multiplied; and then put into shared memory.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tracer.kernels.cuda.package import on_card

PLACES = 2**15 - 1
"""No place in shared memory is beyond. An index is cut to it to say that it is not negative."""


class Side(NamedTuple):
    """How the threads of a block bring one side's numbers of a piece, two times `groups` each.

    Where neighbours in j lie side by side, threads of neighbouring numbers read them: half of a
    piece of so many `lines`, then the other half, then the next lines. Else they read neighbouring
    lines at one j, and then at the j that is so many `terms` on.
    """

    read: Any
    read_inside: Any
    leave_out: Any
    put: Any
    terms: int


def side_of(
    real: Any, threads: int, piece: int, width: int, pitch: int, next_line: int, *, in_j: bool
) -> Side:
    """A side of so many rows, or columns, whose `lines`-th next has its place `next_line` on.

    Parameters
    ----------
    in_j : bool
        Whether neighbours in j lie side by side.
    """
    half = piece // 2
    lines, terms = threads // half, threads // width
    groups, many = width // lines, 2 * (width // lines)
    zero = real(0)

    def read(numbers: Any, at: int, step: int, mine: Any) -> None:
        if in_j:
            for u in range(groups):
                mine[2 * u] = numbers[at + u * step]
                mine[2 * u + 1] = numbers[at + u * step + half]
        else:
            for i in range(many):
                mine[i] = numbers[at + i * step]

    def read_inside(
        numbers: Any, at: int, step: int, mine: Any, lines_left: int, terms_left: int
    ) -> None:
        for i in range(many):
            mine[i] = zero
        if in_j:
            for u in range(groups):
                if u * lines < lines_left and terms_left > 0:
                    mine[2 * u] = numbers[at + u * step]
                if u * lines < lines_left and half < terms_left:
                    mine[2 * u + 1] = numbers[at + u * step + half]
        elif lines_left > 0:
            for i in range(many):
                if i * terms < terms_left:
                    mine[i] = numbers[at + i * step]

    def leave_out(alive: Any, at: int, mine: Any) -> None:
        at &= PLACES
        if in_j:
            first, second = alive[at], alive[at + half]
            for u in range(groups):
                mine[2 * u] = mine[2 * u] if first else zero
                mine[2 * u + 1] = mine[2 * u + 1] if second else zero
        else:
            for i in range(many):
                mine[i] = mine[i] if alive[at + i * terms] else zero

    def put(mine: Any, shared: Any, at: int) -> None:
        at &= PLACES
        if in_j:
            for u in range(groups):
                shared[at + u * next_line] = mine[2 * u]
                shared[at + u * next_line + half * pitch] = mine[2 * u + 1]
        else:
            for i in range(many):
                shared[at + i * terms * pitch] = mine[i]

    return Side(on_card(read), on_card(read_inside), on_card(leave_out), on_card(put), terms)
