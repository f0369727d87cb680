"""Many units: how a piece of W, and of the vectors it is multiplied with, passes through a block.

The threads of a block read their shares of a piece into registers, all loads at once, and put them
into the memory that they share.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from numba import uint64

from tracer.kernels.cuda.package import REAL, VECTOR, on_card
from tracer.kernels.cuda.product import CHAIN

SHARED = 48 * 1024
"""Bytes that the threads of a block can share on every card, without asking its driver for more."""


class Shape(NamedTuple):
    """What a kernel is compiled for. All of it is powers of 2.

    Attributes
    ----------
    units, lanes, parts : int
        A block has ``units * lanes * parts`` threads. Those of a part have every ``parts``-th chain
        of all the block's sums.
    each : int
        How many sequences a thread has; a block has ``lanes * each``. It has as many sums of each
        as there are gates: forward those of one unit, backward of neighbouring units for one gate.
    """

    units: int
    lanes: int
    each: int
    parts: int

    @property
    def threads(self) -> int:
        """Threads of a block."""
        return self.units * self.lanes * self.parts

    @property
    def sequences(self) -> int:
        """Sequences of a block."""
        return self.lanes * self.each

    @property
    def own(self) -> int:
        """How many of a thread's sequences it computes the unit of, when all sums are there."""
        return max(1, self.each // self.parts)

    @property
    def piece(self) -> int:
        """How many numbers of a row are in shared memory at once."""
        return self.parts * CHAIN

    def items(self, N: int, H: int) -> int:
        """How many blocks there is work for."""
        return -(-H // self.units) * -(-N // self.sequences)


class Layout(NamedTuple):
    """Where the numbers of a piece lie in shared memory, so that neighbours seldom collide.

    Attributes
    ----------
    pitch : int
        From one sequence to the next.
    vectors, weights : int
        Numbers of h, or of d_z, in a piece; and of W.
    found : int
        Sums that parts hand each other.
    pieces : int
        2 where that many fit: one is written while the other is read.
    """

    pitch: int
    vectors: int
    weights: int
    found: int
    pieces: int


def layout(shape: Shape, blocks: int, size: int, gates: int) -> Layout:
    """For numbers of so many bytes, and vectors of so many gates; h has but one."""
    columns, pitch = shape.units * blocks, CHAIN + VECTOR // size
    vectors = gates * (shape.parts * shape.sequences * pitch + 2 * VECTOR // size)
    weights = shape.parts * (CHAIN + 1) * columns
    found = shape.parts * shape.sequences * columns if shape.parts > 1 else 1
    twice = (2 * (vectors + weights) + found) * size <= SHARED
    return Layout(pitch, vectors, weights, found, 2 if twice else 1)


class Staging(NamedTuple):
    """Four functions, by which a thread has its share of a piece, on its way to shared memory.

    ``read_vectors(source, at, apart, of_gate, sequences, terms, held)`` and
    ``read_weights(weights, at, apart, of_gate, terms, held)`` issue all loads one after the other.
    They begin at `at`; sequences of a vector, or terms of a weight, lie `apart`. So many sequences
    and terms there are from there on; instead of others there are zeros. Then
    ``put_vectors(held, shared, at)`` and ``put_weights(held, shared, at)``.
    """

    read_vectors: Any
    read_weights: Any
    put_vectors: Any
    put_weights: Any


@cache
def staging(
    dtype: str, shape: Shape, laid: Layout, blocks: int, gates: int, apart: int, of_gate: int
) -> Staging:
    """For vectors of so many gates, and weights whose terms and gates lie so far apart."""
    units, lanes, each, _ = shape
    threads, piece = shape.threads, shape.piece
    some, some_w, beside = CHAIN * each // units, CHAIN * blocks // lanes, threads // units
    # The threads read some sequences at once; or one, some terms at once.
    rows, turns = max(1, threads // piece), max(1, piece // threads)
    last_s, last_k = (some - 1) // turns * rows, (turns - 1) * threads
    last_w = (some_w - 1) // blocks * beside
    chain, pitch, of_vector = shape.sequences * laid.pitch, laid.pitch, laid.vectors // gates
    zero = REAL[dtype](0)

    @on_card
    def read_vectors(
        source: Any, at: int, apart: int, of_gate: int, sequences: int, terms: int, held: Any
    ) -> None:
        if last_s < sequences and last_k < terms:
            for r in range(gates * some):
                s, k = r % some // turns * rows, r % turns * threads
                held[r] = source[at + r // some * of_gate + s * apart + k]
        else:
            for r in range(gates * some):
                s, k = r % some // turns * rows, r % turns * threads
                there = s < sequences and k < terms
                held[r] = source[at + r // some * of_gate + s * apart + k] if there else zero

    @on_card
    def read_weights(
        weights: Any, at: int, apart: int, of_gate: int, terms: int, held: Any
    ) -> None:
        if last_w < terms:
            for r in range(some_w):
                held[r] = weights[at + r % blocks * of_gate + r // blocks * beside * apart]
        else:
            for r in range(some_w):
                k = r // blocks * beside
                held[r] = weights[at + r % blocks * of_gate + k * apart] if k < terms else zero

    @on_card
    def put_vectors(held: Any, shared: Any, at: int) -> None:
        for r in range(gates * some):
            s, k = r % some // turns * rows, r % turns * threads
            to = at + r // some * of_vector + s * pitch + k // CHAIN * chain + k % CHAIN
            shared[uint64(to)] = held[r]

    @on_card
    def put_weights(held: Any, shared: Any, at: int) -> None:
        for r in range(some_w):
            k = r // blocks * beside
            shared[uint64(at + r % blocks * of_gate + (k // CHAIN + k) * apart)] = held[r]

    return Staging(read_vectors, read_weights, put_vectors, put_weights)
