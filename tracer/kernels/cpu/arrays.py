"""The few loops over arrays of which the compiled steps are made, each named by what it computes.

The numbers of one quantity at one step lie in one piece: unit after unit, sentence after sentence.
"""

from __future__ import annotations

from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array
from tracer.kernels.cpu.calls import stand_apart
from tracer.kernels.cpu.jit import compiled, inlined

Places = npt.NDArray[np.int64]

# Not of type int: Numba would compile what they are handed to once for each.
BEGIN, ONE = cast("list[int]", np.arange(2))


class Room(NamedTuple):
    """Many rows of H numbers, and the same numbers one after the other."""

    rows: Array
    flat: Array


class Blocks(NamedTuple):
    """Rows of several blocks of H numbers, one block for each of the weights: (N, blocks · H).

    And the same numbers as (N, blocks, H): what a loop finds there by three indices costs it less
    than a part cut out of every row.
    """

    rows: Array
    blocks: Array


class Part(NamedTuple):
    """Which units are computed here: all, or in one sentence those of one thread of a team.

    Who has some of the units has a room in which they come first: it begins so much later. `whole`
    are the rows with all of them, which a product reads once all of the team have met.
    """

    whole: Array
    units: int
    team: Places
    me: int


class Moment(NamedTuple):
    """The numbers of one step: a room, the places of the quantities in it, and the step's row.

    Quantity q begins at row ``places[q, 0]``, and at as many rows after it as `row` says if
    ``places[q, 1]`` is 1; if it is 0, all steps have the same room.
    """

    rows: Array
    flat: Array
    places: Places
    row: int
    part: Part


@inlined
def piece(moment: Moment, quantity: int, N: int) -> Array:
    """The numbers of a quantity for N sentences, one after the other."""
    H = moment.rows.shape[1]
    first = moment.places[quantity, 0] + moment.places[quantity, 1] * moment.row
    return moment.flat[first * H : first * H + N * moment.part.units]


@inlined
def rows(moment: Moment, quantity: int, N: int) -> Array:
    """The numbers of a quantity for N sentences, (N, H); in a part, its units come first."""
    first = moment.places[quantity, 0] + moment.places[quantity, 1] * moment.row
    return moment.rows[first : first + N]


@inlined
def all_units(moment: Moment, quantity: int, N: int) -> Array:
    """The numbers of a quantity for N sentences, (N, H), of the whole team: let it meet before."""
    first = moment.places[quantity, 0] + moment.places[quantity, 1] * moment.row
    return moment.part.whole[first : first + N]


@inlined
def alone(rows: Array) -> Part:
    """The part of whoever computes all units."""
    return Part(rows, rows.shape[1], np.empty(0, np.int64), 0)


@compiled
def in_blocks(rows: Array, H: int) -> Blocks:
    """The rows (N, blocks · H), also block by block."""
    return Blocks(rows, rows.reshape((len(rows), rows.shape[1] // H, H)))


@compiled
def copy(row: Array, out: Array) -> None:
    """``out[:] = row``, which would compile an error message, for three seconds."""
    for j in range(out.size):
        out[j] = row[j]


@compiled
def clear(d: Array) -> None:
    """``d = 0``."""
    for j in range(d.size):
        d[j] = 0


@compiled
def add(a: Array, b: Array, out: Array) -> None:
    """``out = a + b``."""
    for j in range(out.size):
        out[j] = a[j] + b[j]


@compiled
def multiply(a: Array, b: Array, out: Array) -> None:
    """``out = a * b``."""
    for j in range(out.size):
        out[j] = a[j] * b[j]


@compiled
def keep(f: Array, c_prev: Array, i: Array, g: Array, c: Array) -> None:
    """``c = f * c_prev + i * g``."""
    for j in range(c.size):
        c[j] = f[j] * c_prev[j] + i[j] * g[j]


@compiled
def sums(
    from_x: Array, which: Places, from_h: Array, a: Array, block: int, of_h: int,
    now: Moment, quantities: Places,
) -> None:  # fmt: skip
    """``z = from_x + from_h + a`` of these quantities, whose blocks of the weights are neighbours.

    Sentence n has the row which[n] of from_x (·, blocks, H), and its own of from_h; a is
    (blocks, H). The first of the blocks is `block`, which in from_h counts as `of_h`.
    """
    stand_apart()
    for k in range(quantities.size):
        z = rows(now, quantities[k], which.size)
        for n in range(which.size):
            word = which[n]
            for j in range(a.shape[1]):
                z[n, j] = from_x[word, block + k, j] + from_h[n, of_h + k, j] + a[block + k, j]


@compiled
def back_through(d: Array, slopes: Array, block: int, d_z: Array) -> None:
    """``d_z = d * slope`` (N, H), into one block of d_z (N, blocks, H)."""
    stand_apart()
    for n in range(len(d_z)):
        for j in range(slopes.shape[1]):
            d_z[n, block, j] = d[n, j] * slopes[n, j]
