"""Which kernel runs a cell, and how it is cut into blocks: decided here, from H, N and the card.

``tile`` needs no barrier over the grid, but a thread for every row of W, and one block for some
sequences: it is taken while the rows fit into a block. Its threads share the registers of a
processor, so the more of them there are, the fewer weights each can hold. ``grid`` is taken for
all that is larger. Both add up in the same order: which of them it was cannot be seen in a trace.
"""

from __future__ import annotations

from tracer.kernels.cuda import grid, product, tile
from tracer.kernels.cuda.package import SIMULATED, Card

MOST_HELD, LEAST_HELD = 64, 32
"""How many weights a thread holds: with more, others wait; with fewer, it reads too many a step."""

OTHERS = 88
"""Registers that a thread needs beside its weights, and how many it can have at all."""
MOST_REGISTERS = 255

PRODUCTS = 160
"""A compiler writes out so many products of a thread one by one. Beyond, that for Blackwell keeps
a loop, and numbers that a loop counts through are not in registers."""

WIDEST = 128
"""More units than that would have a thread read more weights at each step than it holds."""

PRODUCT = product.Shape(side=2, each=2, piece=3) if SIMULATED else product.Shape(16, 4, 16)


def tile_shape(card: Card, blocks: int, N: int, H: int, size: int) -> tile.Shape | None:
    """The shape of ``tile`` for such a run, or None where it takes ``grid``.

    Parameters
    ----------
    card : Card
    blocks, N, H : int
        The cell has ``blocks * H`` rows.
    size : int
        The bytes of a number.
    """
    width = max(8, 1 << (H - 1).bit_length())
    threads = blocks * width
    if width > WIDEST or threads > card.threads:
        return None
    free = min(card.registers // threads, MOST_REGISTERS) - OTHERS
    held = min(MOST_HELD, free * 4 // size // 8 * 8)
    if held < min(LEAST_HELD, width):
        return None
    held = min(held, width)
    # One sequence in a block is quickest; more share the weights, once every processor has one.
    shared = 4 if 4 * held <= PRODUCTS else 2
    return tile.Shape(width, held, 1 if card.processors >= N else shared)


def grid_shape(card: Card, N: int, H: int, size: int) -> grid.Shape:
    """The shape of ``grid`` for such a run of numbers of so many bytes.

    A thread has so many sequences that their sums stay in its registers, or fewer, where that would
    leave processors without a block.
    """
    if SIMULATED:  # a thread of Python for each thread
        return grid.Shape(units=2, lanes=3, each=2, piece=3)
    shape = grid.Shape(units=8, lanes=16, each=16 // size, piece=32)
    while shape.each > 1 and shape.items(N, H) < card.processors:
        shape = shape._replace(each=shape.each // 2)
    return shape
