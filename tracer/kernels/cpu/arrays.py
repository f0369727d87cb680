"""The few loops over arrays of which the compiled steps are made, each named by what it computes.

The numbers of one quantity at one step lie in one piece: unit after unit, sentence after sentence.
"""

from __future__ import annotations

from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array
from tracer.kernels.cpu.jit import compiled, inlined
from tracer.kernels.cpu.vectors import stand_apart

Places = npt.NDArray[np.int64]

# Not of type int: Numba would compile what it is handed to for this one number.
(BEGIN,) = cast("list[int]", np.arange(1))


class Room(NamedTuple):
    """Many rows of H numbers, and the same numbers one after the other."""

    rows: Array
    flat: Array


class Moment(NamedTuple):
    """The numbers of one step: a room, and for each quantity the row at which they begin."""

    rows: Array
    flat: Array
    at: Places


@inlined
def piece(moment: Moment, quantity: int, N: int) -> Array:
    """The numbers of a quantity for N sentences, one after the other."""
    H = moment.rows.shape[1]
    first = moment.at[quantity]
    return moment.flat[first * H : (first + N) * H]


@inlined
def rows(moment: Moment, quantity: int, N: int) -> Array:
    """The numbers of a quantity for N sentences, (N, H)."""
    first = moment.at[quantity]
    return moment.rows[first : first + N]


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
def _add_three(a: Array, b: Array, c: Array, out: Array) -> None:
    for j in range(out.size):
        out[j] = a[j] + b[j] + c[j]


@compiled
def sums(
    from_x: Array, which: Places, from_h: Array, a: Array, block: int, of_h: int, z: Array
) -> None:
    """``z = from_x + from_h + a`` of one block of rows of the weights, for all sentences.

    Sentence n has the row which[n] of from_x (·, blocks · H); from_h has its row n, of which the
    block counts as `of_h`.
    """
    stand_apart()
    H = z.size // which.size
    first, other = block * H, of_h * H
    bias = a[first : first + H]
    for n in range(which.size):
        _add_three(
            from_x[which[n], first : first + H], from_h[n, other : other + H], bias,
            z[n * H : (n + 1) * H],
        )  # fmt: skip


@compiled
def back_through(d: Array, slopes: Array, block: int, d_z: Array) -> None:
    """``d_z = d * slope``, into one block of the rows d_z (N, blocks · H)."""
    stand_apart()
    H = d.size // len(d_z)
    first = block * H
    for n in range(len(d_z)):
        multiply(d[n * H : (n + 1) * H], slopes[n * H : (n + 1) * H], d_z[n, first : first + H])
