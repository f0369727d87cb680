"""Which kernel runs what, on a card of the size of an H100."""

from __future__ import annotations

import pytest

from tracer.kernels.cuda import choice
from tracer.kernels.cuda.choice import grid_shape, tile_shape
from tracer.kernels.cuda.package import Card

H100 = Card("a card", processors=132, registers=65536, threads=1024)


@pytest.mark.parametrize(
    ("blocks", "N", "H", "size", "wanted"),
    [
        (4, 1, 5, 4, (8, 8, 1)),  # one sequence in each block, while there are processors
        (4, 132, 64, 4, (64, 64, 1)),
        (4, 133, 64, 4, (64, 64, 2)),  # from then on two share the weights
        (4, 512, 64, 4, (64, 64, 4)),  # or four
        (4, 133, 32, 4, (32, 32, 1)),  # of which three blocks find registers at once
        (4, 1, 100, 4, (128, 64, 1)),  # the rest it reads at every step
        (4, 400, 100, 4, (128, 32, 4)),  # twice the threads: fewer registers for each
        (4, 1, 129, 4, None),  # more units than a thread could hold weights of
        (4, 1, 64, 8, (64, 64, 1)),
        (4, 1, 128, 8, None),  # a number of 8 bytes takes two registers
        (1, 1, 128, 8, (128, 64, 1)),  # an RNN has a quarter of the rows
    ],
)
def test_tile_is_taken_while_the_rows_fit(
    blocks: int, N: int, H: int, size: int, wanted: tuple[int, int, int] | None
) -> None:
    """Width, weights held by a thread, and sequences in a block; or None for grid."""
    assert tile_shape(H100, blocks, N, H, size) == wanted


def test_backward_holds_fewer_weights_where_registers_are_short() -> None:
    """It has the numbers of the step before it in registers, too."""
    assert tile_shape(H100, 4, 1, 128, 4, "backward") == (128, 32, 1)
    assert tile_shape(H100, 4, 1, 64, 4, "backward") == (64, 64, 1)


def test_a_small_card_takes_grid_sooner() -> None:
    """A block has to have a thread for each row of W."""
    small = H100._replace(threads=256)

    assert tile_shape(small, 4, 1, 64, 4) is not None
    assert tile_shape(small, 4, 1, 65, 4) is None


@pytest.mark.parametrize(
    ("N", "H", "size", "wanted"),
    [
        (128, 1024, 4, (32, 4, 8, 1)),  # 128 blocks: one for nearly every processor
        (64, 512, 4, (16, 4, 4, 2)),
        (64, 256, 4, (8, 16, 1, 2)),  # with four sequences in a thread there would be 64 blocks
        (1, 256, 4, (8, 8, 1, 4)),  # one sequence: its chains are shared out among four threads
        (128, 1024, 8, (16, 8, 2, 1)),  # a number of 8 bytes takes two registers
    ],
)
def test_grid_gives_every_processor_a_block(
    N: int, H: int, size: int, wanted: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Units, threads for sequences, sequences of a thread, and parts of a sum."""
    monkeypatch.setattr(choice, "SIMULATED", False)

    assert grid_shape(H100, N, H, size) == wanted
