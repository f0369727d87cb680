"""A matrix product on the card is its sums in their one order, whatever lies past the ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cuda.test_choice import H100
from tracer.kernels.cuda import choice, numbers
from tracer.kernels.cuda.parts import ADDERS, LEAST, add_parts, parts_of
from tracer.kernels.cuda.product import (
    BIG,
    CHAIN,
    PLAYED,
    ROWS_ARE_STEPS,
    SMALL,
    TERMS_ARE_STEPS,
    Shape,
    Strides,
    lying_so,
    product,
)

Numbers = npt.NDArray[Any]

TALL = Shape(4, 2, 2, 2, 8)
"""Another shape that the simulator can play: a block has more rows than columns."""


def in_order(left: Numbers, right: Numbers, part: int) -> Numbers:
    """``left @ right`` for (many, R, J) and (many, J, K): chains in order, and parts in order.

    Every product of the numbers here is exact, so that it is the same fused with its sum or not.
    """
    many, R, J = left.shape
    result = np.zeros((many, R, right.shape[2]), left.dtype)
    for begin in range(0, J, part):
        end, total = min(begin + part, J), np.zeros_like(result)
        for first in range(begin, end, CHAIN):
            chain = np.zeros_like(result)
            for j in range(first, min(first + CHAIN, end)):
                chain = chain + left[:, :, j, None] * right[:, None, j, :]
            total = total + chain
        result = result + total
    return result


def lying(matrices: Numbers, gap: int, *, turned: bool = False) -> tuple[Numbers, Strides]:
    """All numbers of matrices (many, R, K), with others before, between and after them."""
    there = matrices.swapaxes(1, 2) if turned else matrices
    many, high, wide = there.shape
    wider = np.full((many, high, wide + gap), np.nan, matrices.dtype)
    wider[:, :, :wide] = there
    row, column = (1, wide + gap) if turned else (wide + gap, 1)
    flat = np.concatenate([np.full(gap, np.nan, matrices.dtype), wider.ravel()])
    return flat, Strides(gap, row, column, high * (wide + gap))


def multiply(
    left: tuple[Numbers, Strides], right: tuple[Numbers, Strides], out: tuple[Numbers, Strides],
    sizes: tuple[int, int, int, int], shape: Shape, part: int,
    counts: int = 0, lengths: Numbers | None = None,
) -> None:  # fmt: skip
    """Run the kernel, and add the parts."""
    many, R, J, K = sizes
    dtype = str(out[0].dtype)
    count = max(1, -(-J // part))
    ends = numbers.on_card(np.zeros(1, np.int64) if lengths is None else lengths)
    a, b, result = (numbers.on_card(matrix) for matrix, _ in (left, right, out))
    to = result, out[1]
    if count > 1:
        to = numbers.allocated(many * count * R * K, dtype), Strides(0, K, 1, R * K)
    lies = lying_so(left[1], right[1], ragged=counts == TERMS_ARE_STEPS)
    product(dtype, shape, lies).start(
        (-(-R // shape.rows), -(-K // shape.columns), many * count), shape.threads,
        R, J, K, counts, len(ends), ends, a, *left[1], b, *right[1], to[0], *to[1], part,
    )  # fmt: skip
    if count > 1:
        add_parts(dtype).start(
            (-(-R * K // ADDERS), many, 1), ADDERS, R, K, count, to[0], result, *out[1]
        )
    out[0][:] = result.on_host()


@dataclass(frozen=True)
class Case:
    """Matrices of a kind in which the order of a sum is seen, and how they lie."""

    left: Numbers  # (many, R, J)
    right: Numbers  # (many, J, K)
    turned: tuple[bool, bool]
    gap: int
    shape: Shape
    part: int

    @property
    def sizes(self) -> tuple[int, int, int, int]:
        """Many, R, J and K."""
        many, R, J = self.left.shape
        return many, R, J, self.right.shape[2]

    def product(self, counts: int = 0, lengths: Numbers | None = None) -> Numbers:
        """What the kernel makes of them, (many, R, K)."""
        many, R, _, K = self.sizes
        out, strides = lying(np.zeros((many, R, K), self.left.dtype), self.gap)
        multiply(
            lying(self.left, self.gap, turned=self.turned[0]),
            lying(self.right, self.gap, turned=self.turned[1]),
            (out, strides), self.sizes, self.shape, self.part, counts, lengths,
        )  # fmt: skip
        rows = out[self.gap :].reshape(many, R, K + self.gap)
        assert np.isnan(out[: self.gap]).all()
        assert np.isnan(rows[:, :, K:]).all()
        return rows[:, :, :K]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Odd sizes, about as large as a tile or a chain; both layouts of each side."""
    many, R, K = draw(st.integers(1, 2)), draw(st.integers(1, 9)), draw(st.integers(1, 9))
    J = draw(st.integers(0, 2 * CHAIN + 6))
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    rng = np.random.default_rng(draw(st.integers(0, 99)))

    def numbers(*shape: int) -> Numbers:
        powers = rng.integers(-12, 12, shape)
        return np.ldexp(rng.integers(-511, 512, shape), powers).astype(dtype)

    return Case(
        numbers(many, R, J), numbers(many, J, K), draw(st.tuples(st.booleans(), st.booleans())),
        draw(st.integers(0, 3)), draw(st.sampled_from([PLAYED, TALL])),
        draw(st.sampled_from([CHAIN, 2 * CHAIN, 4 * CHAIN])),
    )  # fmt: skip


@settings(max_examples=25)
@given(case=cases())
def test_a_product_is_the_sum_of_its_chains_and_parts(case: Case) -> None:
    """To the bit, and nothing is written beside it."""
    np.testing.assert_array_equal(case.product(), in_order(case.left, case.right, case.part))


def test_the_order_of_a_sum_is_seen() -> None:
    """Of 1, 2^24 and -2^24 the order decides what is left: here the reference itself is checked."""
    left = np.zeros((1, 1, 65), np.float32)
    left[0, 0, [0, 1, 2]] = 1, 2**24, -(2**24)  # 1 + 2^24 is 2^24 in float32
    ones = np.ones((1, 65, 1), np.float32)
    spread = np.zeros_like(left)
    spread[0, 0, [0, 1, 32, 64]] = 2**24, -(2**24), 1, 1  # in chains of their own

    assert in_order(left, ones, 128)[0, 0, 0] == 0
    assert in_order(spread, ones, 128)[0, 0, 0] == 2
    for lefts, wanted in ((left, 0), (spread, 2)):
        case = Case(lefts, ones, (False, False), 0, PLAYED, 128)
        np.testing.assert_array_equal(case.product(), [[[wanted]]])


@settings(max_examples=15)
@given(case=cases(), N=st.integers(1, 4), data=st.data())
def test_rows_past_an_end_come_out_as_zero(case: Case, N: int, data: st.DataObject) -> None:
    """Row r is step r // N of sequence r % N; what lies past its end is not seen."""
    lengths = np.array(data.draw(st.lists(st.integers(0, 4), min_size=N, max_size=N)), np.int64)
    rows = np.arange(case.left.shape[1])
    ended = rows // N >= lengths[rows % N]
    wanted = in_order(case.left, case.right, case.part)
    wanted[:, ended] = 0
    case.left[:, ended] = np.nan

    np.testing.assert_array_equal(case.product(ROWS_ARE_STEPS, lengths), wanted)


@settings(max_examples=15)
@given(case=cases(), N=st.integers(1, 9), data=st.data())
def test_terms_past_an_end_are_zero_times_zero(case: Case, N: int, data: st.DataObject) -> None:
    """Term j is step j // N of sequence j % N, counted on over the matrices."""
    many, _, J, _ = case.sizes
    steps = many * J // N + 1
    lengths = np.array(data.draw(st.lists(st.integers(0, steps), min_size=N, max_size=N)), np.int64)
    terms = np.arange(many * J)
    ended = (terms // N >= lengths[terms % N]).reshape(many, J)
    left, right = case.left.swapaxes(1, 2), case.right  # both (many, J, ·)
    left[ended], right[ended] = 0, 0
    wanted = in_order(case.left, case.right, case.part)
    left[ended], right[ended] = np.nan, np.inf

    np.testing.assert_array_equal(case.product(TERMS_ARE_STEPS, lengths), wanted)


@pytest.mark.parametrize(
    ("shape", "dtype"),
    [
        (SMALL, np.float32),  # two warps
        (Shape(4, 4, 4, 2, 8), np.float64),  # 16 bytes are half of a thread's rows
    ],
)
def test_each_number_of_a_tile_has_one_thread(shape: Shape, dtype: Any) -> None:
    """And the right one, in shapes more like those of a card; some of the terms are left out."""
    rng = np.random.default_rng(1)
    left = rng.integers(-9, 9, (1, 33, 20)).astype(dtype)
    right = rng.integers(-9, 9, (1, 20, 35)).astype(dtype)
    case = Case(left, right, (True, False), 0, shape, CHAIN)

    got = case.product(TERMS_ARE_STEPS, np.array([10, 8]))

    left[:, :, [17, 19]] = 0  # steps 8 and 9 of the second sequence
    np.testing.assert_array_equal(got, left @ right)


@pytest.mark.parametrize(
    ("R", "K", "many", "size", "wanted"),
    [
        (6400, 512, 1, 4, BIG),  # 400 blocks
        (6400, 512, 1, 8, BIG._replace(piece=8)),  # as many bytes at once
        (512, 128, 25, 4, SMALL),  # 200 big ones would leave some processors with one
        (6400, 32, 9, 4, SMALL),  # half of each big tile would be empty
        (64, 6400, 9, 4, SMALL),
    ],
)
def test_the_big_tile_is_taken_where_each_processor_has_two(
    R: int, K: int, many: int, size: int, wanted: Shape, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a card of 132 processors."""
    monkeypatch.setattr(choice, "SIMULATED", False)

    assert choice.product_shape(H100, R, K, many, size) == wanted


@pytest.mark.parametrize(
    ("R", "J", "K", "wanted"),
    [
        (512, 100, 128, (1, 128)),  # too short to be cut
        (512, 6400, 128, (25, 256)),  # as often as there are 256 terms
        (512, 100_000, 128, (63, 1600)),  # 8 tiles: so that there are 500
        (4096, 100_000, 1024, (1, 100_000)),  # 512 tiles already
        (4, 0, 4, (1, 32)),
    ],
)
def test_a_long_sum_is_cut_into_parts(R: int, J: int, K: int, wanted: tuple[int, int]) -> None:
    """How many parts, and the terms of each: a multiple of a chain."""
    count, terms = parts_of(R, J, K)

    assert (count, terms) == wanted
    assert terms % CHAIN == 0


@given(R=st.integers(1, 5000), J=st.integers(0, 10**6), K=st.integers(1, 5000))
def test_the_parts_are_the_sum(R: int, J: int, K: int) -> None:
    """No part is empty, and none is much shorter than a sum is worth."""
    count, terms = parts_of(R, J, K)

    assert (count - 1) * terms < max(J, 1) <= count * terms
    assert count == 1 or terms >= LEAST
