"""What the loops over time need of a kind of cell: its step, for one unit of one sequence."""

from __future__ import annotations

from typing import Any, NamedTuple


class Steps(NamedTuple):
    """Functions on the card, for numbers of a dtype, of a kind of cell with its option.

    ``dtype``, ``blocks``, ``read``
        The dtype's name; how many gates there are, with a block of the rows of W for each; and how
        many numbers of a step the one backward needs.
    ``squeeze(q, z)``
        The value of gate q, from its sum.
    ``update(gates, at, apart, c_prev, plan, room, unit)``
        (h, c), from the gates of a unit, which lie `apart` from each other, beginning `at`. It puts
        what else it computes into the room; the unit is number `unit` of (T, N, H). A cell without
        a memory gives back the c_prev that it got.
    ``read_back(plan, numbers, unit, wide, into, at)``
        Puts `read` numbers of a step into an array of registers, beginning `at`: all that it left
        and that `back` needs. Gate q of the unit is number ``wide + q H`` of (T, N, 4H).
    ``back(plan, given, first, gradients, d_z, at, apart, unit, d_h, d_c_from_next)``
        d_c_prev, from the d_h of the step, the d_c that comes from the step after, and the numbers
        given, beginning with the first. It puts d_z where `update` has the gates, and all other
        gradients of the step into their room.
    ``ended(plan, gradients, unit)``
        Puts zero where a step past the end of its sequence has no gradient.
    """

    dtype: str
    blocks: int
    read: int
    squeeze: Any
    update: Any
    read_back: Any
    back: Any
    ended: Any
