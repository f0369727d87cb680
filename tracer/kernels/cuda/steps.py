"""What the loops over time need of a kind of cell: its step, for one unit of one sequence."""

from __future__ import annotations

from typing import Any, NamedTuple


class Steps(NamedTuple):
    """Three functions on the card.

    ``squeeze(option, q, z)``
        The value of gate q, from its sum.
    ``update(gates, at, apart, c_prev, plan, room, unit)``
        (h, c), from the gates of a unit, which lie `apart` from each other, beginning `at`. It puts
        what else it computes into the room; the unit is number `unit` of (T, N, H). A cell without
        a memory gives back the c_prev that it got.
    ``update_back(plan, numbers, gradients, d_z, at, apart, unit, wide, d_h, d_c, c_prev)``
        d_c_prev, from the d_h of the step and the d_c that comes from the step after. It puts d_z
        where `update` has the gates, and all other gradients of the step into their room. Gate q
        of the unit is number ``wide + q H`` of (T, N, 4H).
    """

    squeeze: Any
    update: Any
    update_back: Any
