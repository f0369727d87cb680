"""Which kernel runs a cell, and how it is cut into blocks: decided here, from H, N and the card.

``tile`` needs no barrier over the grid, but a thread for every row of W, and one block for some
sequences: it is taken while the rows fit into a block. Its threads share the registers of a
processor, so the more of them there are, the fewer weights each can hold. ``grid`` is taken for
all that is larger. Both add up in the same order: which of them it was cannot be seen in a trace.
"""

from __future__ import annotations

from tracer.kernels.cuda import pieces, product, tile
from tracer.kernels.cuda.package import SIMULATED, Card
from tracer.kernels.cuda.product import CHAIN

MOST_HELD = 64
"""How many weights a thread holds at most."""

OTHERS = {("forward", 4): 64, ("backward", 4): 80, ("forward", 8): 88, ("backward", 8): 88}
"""Registers that a thread needs beside its weights, by the way and the bytes of a number; and how
many it can have at all."""
MOST_REGISTERS = 255

TAKEN = 104
"""Registers that the compiler gives it beside them, where there are enough."""

WIDEST = 128
"""More units than that would have a thread read more weights at each step than it holds."""


def tile_shape(
    card: Card, blocks: int, N: int, H: int, size: int, way: str = "forward"
) -> tile.Shape | None:  # fmt: skip
    """The shape of ``tile`` for such a run, or None where it takes ``grid``.

    Parameters
    ----------
    card : Card
    blocks, N, H : int
        The cell has ``blocks * H`` rows.
    size : int
        The bytes of a number.
    way : str
        ``"forward"`` or ``"backward"``, which needs more registers.
    """
    width = max(8, 1 << (H - 1).bit_length())
    threads = blocks * width
    if width > WIDEST or threads > card.threads:
        return None
    # One sequence in a block is quickest; more share the weights, where not all fit on the card.
    at_most = min(card.registers // threads, MOST_REGISTERS)
    for together in (1, 2, 4):
        others = OTHERS[way, size] + 8 * (together - 1)
        free = (at_most - others) * 4 // size
        held = min(width, MOST_HELD, free // CHAIN * CHAIN)
        if held < min(CHAIN, width):
            return None
        blocks_each = card.registers // (threads * min(at_most, held * size // 4 + TAKEN))
        if card.processors * blocks_each * together >= N:
            break
    return tile.Shape(width, held, together)


LARGEST_FIRST = {
    4: (
        pieces.Shape(units=32, lanes=4, each=8, parts=1), pieces.Shape(16, 4, 4, 2),
        pieces.Shape(8, 16, 1, 2), pieces.Shape(8, 8, 1, 4), pieces.Shape(4, 16, 1, 2),
    ),
    8: (pieces.Shape(units=16, lanes=8, each=2, parts=1), pieces.Shape(8, 16, 1, 1)),
}  # fmt: skip
"""The shapes of ``grid`` for numbers of so many bytes, those that read each number least first."""

PLAYED_GRIDS = pieces.Shape(units=4, lanes=2, each=2, parts=1), pieces.Shape(4, 2, 1, 2)
"""Those of the simulator, where each thread is one of Python."""


def grid_shape(card: Card, N: int, H: int, size: int) -> pieces.Shape:
    """The shape of ``grid`` for such a run of numbers of so many bytes.

    The one that leaves the least work to the processor that has most of it, in units and sequences:
    a small piece where a large one would leave others without any.
    """

    def longest(shape: pieces.Shape) -> int:
        in_turn = -(-shape.items(N, H) // card.processors)
        return in_turn * shape.units * shape.sequences

    return min(PLAYED_GRIDS if SIMULATED else LARGEST_FIRST[size], key=longest)


def product_shape(card: Card, R: int, K: int, many: int, size: int) -> product.Shape:
    """The shape of a block for `many` results (R, K) of numbers of so many bytes.

    The big tile reads each number less often, and is taken where every processor has two of them.
    """
    if SIMULATED:
        return product.PLAYED
    big = product.BIG
    blocks = -(-R // big.rows) * -(-K // big.columns) * many
    fits = min(R / big.rows, K / big.columns) > 1 / 2
    shape = big if fits and blocks >= 2 * card.processors else product.SMALL
    return shape if size <= 4 else shape._replace(piece=8)
