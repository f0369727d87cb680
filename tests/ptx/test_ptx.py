"""Every kernel compiles for every card that CUDA 13 knows, and keeps its numbers in registers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from numba import float32, float64

from tests.ptx.conftest import ARCHITECTURES, EVERY, linked, ptx_of
from tracer.kernels.cuda import choice, grid, lstm, rnn, tile
from tracer.kernels.cuda.package import Card, Kernel

H100 = Card("a card", processors=132, registers=65536, threads=1024)
BARRIER = 16
"""Bytes of stack that the call of a grid's barrier takes; a kernel's own numbers take none."""


class Compiled(NamedTuple):
    """A kernel, and the stack that it may use."""

    kernel: Kernel
    stack: int


def kernels(cc: tuple[int, int]) -> Iterator[tuple[str, Compiled]]:
    """Each kernel in the shapes that `choice` gives it: all on Hopper, the largest elsewhere."""
    for real in (float32, float64):
        dtype, size = real.name, real.bitwidth // 8
        for name, cell, option in (("lstm", lstm, "sigmoid"), ("rnn", rnn, "tanh")):
            steps = cell.steps(dtype, option)
            for H, N in ((8, 1), (32, 1), (64, 1), (64, 400), (128, 1), (128, 400)):
                for way in (tile.forward, tile.backward):
                    shape = choice.tile_shape(H100, cell.BLOCKS, N, H, size, way.__name__)
                    if shape is None or (H < 64 and cc != (9, 0)):
                        continue
                    said = f"tile {way.__name__} {name} {dtype} H={H} together={shape.together}"
                    yield said, Compiled(way(steps, shape), 0)
            for N in (1, 400):
                cut = choice.grid_shape(H100, N, 256, size)
                for way in (grid.forward, grid.backward):
                    said = f"grid {way.__name__} {name} {dtype} each={cut.each}"
                    yield said, Compiled(way(steps, cut), BARRIER)


CHOSEN = [
    pytest.param(cc, kernel, id=f"sm_{cc[0]}{cc[1]} {said}")
    for shift, cc in enumerate(ARCHITECTURES)
    for place, (said, kernel) in enumerate(kernels(cc))
    if (place + shift) % EVERY == 0
]


@pytest.mark.parametrize(("cc", "made"), CHOSEN)
def test_a_kernel_keeps_its_numbers_in_registers(
    cc: tuple[int, int], made: Compiled, record_property: Any
) -> None:
    """It compiles and links, nothing spills to memory, and a block of it fits on a processor."""
    kernel = made.kernel
    ptx = ptx_of(kernel, cc)
    found = linked(ptx, cc)

    for name, value in found._asdict().items():
        record_property(name, value)
    for inexact in ("tanh.approx", "div.approx", "div.full"):  # what fastmath would bring
        assert inexact not in ptx
    assert found.stack <= made.stack
    assert found.registers * kernel.bounds[0] <= H100.registers
    assert found.shared <= 48 * 1024
