"""Every kernel compiles for every card that CUDA 13 knows, and keeps its numbers in registers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from numba import float32, float64

from tests.ptx.conftest import ARCHITECTURES, linked, ptx_of
from tracer.kernels.cuda import choice, grid, lstm, product, rnn, tile
from tracer.kernels.cuda.package import Card

H100 = Card("a card", processors=132, registers=65536, threads=1024)
BARRIER = 16
"""Bytes of stack that the call of a grid's barrier takes; a kernel's own numbers take none."""


class Kernel(NamedTuple):
    """A kernel, the arrays of floats it takes, its threads, and the stack that it may use."""

    made: Any
    arrays: int
    real: Any
    threads: int
    stack: int


def kernels(cc: tuple[int, int]) -> Iterator[tuple[str, Kernel]]:
    """Each kernel in the shapes that `choice` gives it: all on Hopper, the largest elsewhere."""
    for real in (float32, float64):
        dtype, size = real.name, real.bitwidth // 8
        for name, cell in (("lstm", lstm), ("rnn", rnn)):
            for H, N in ((8, 1), (32, 1), (64, 400), (128, 1), (128, 400)):
                shape = choice.tile_shape(H100, cell.BLOCKS, N, H, size)
                if shape is None or (H < 64 and cc != (9, 0)):
                    continue
                threads = cell.BLOCKS * shape.width
                made = tile.forward(cell, dtype, shape), tile.backward(cell, dtype, shape)
                for way, kernel, arrays in zip(("forward", "backward"), made, (2, 4), strict=True):
                    said = f"tile {way} {name} {dtype} H={H} together={shape.together}"
                    yield said, Kernel(kernel, arrays, real, threads, 0)
            for N in (1, 400):
                cut = choice.grid_shape(H100, N, 256, size)
                made = grid.forward(cell, dtype, cut), grid.backward(cell, dtype, cut)
                for way, kernel, arrays in zip(("forward", "backward"), made, (2, 4), strict=True):
                    said = f"grid {way} {name} {dtype} each={cut.each}"
                    yield said, Kernel(kernel, arrays, real, cut.threads, BARRIER)
        threads = choice.PRODUCT.side**2
        made_product = product.product(dtype, choice.PRODUCT)
        yield f"product {dtype}", Kernel(made_product, 3, real, threads, 0)


EVERY = int(os.environ.get("TRACER_EVERY", "1"))
"""With more than 1, a share of the kernels for each kind of card, each card with another share."""

CHOSEN = [
    pytest.param(cc, kernel, id=f"sm_{cc[0]}{cc[1]} {said}")
    for shift, cc in enumerate(ARCHITECTURES)
    for place, (said, kernel) in enumerate(kernels(cc))
    if (place + shift) % EVERY == 0
]


@pytest.mark.parametrize(("cc", "kernel"), CHOSEN)
def test_a_kernel_keeps_its_numbers_in_registers(
    cc: tuple[int, int], kernel: Kernel, record_property: Any
) -> None:
    """It compiles and links, nothing spills to memory, and a block of it fits on a processor."""
    ptx = ptx_of(kernel.made, kernel.arrays, kernel.real, kernel.threads, cc)
    found = linked(ptx, cc)

    for name, value in found._asdict().items():
        record_property(name, value)
    for inexact in ("tanh.approx", "div.approx", "div.full"):  # what fastmath would bring
        assert inexact not in ptx
    assert found.stack <= kernel.stack
    assert found.registers * kernel.threads <= H100.registers
    assert found.shared <= 48 * 1024
