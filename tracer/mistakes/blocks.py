"""What came back, cut into blocks of one step or gate: which of them equal other numbers.

A block is what one mistake makes right or wrong as a whole: c of the second step, the rows of W
that belong to the forget gate. Comparing by blocks tells a mistake in one gate from one in all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array
from tracer.mistakes.records import Run

Marks: TypeAlias = npt.NDArray[np.bool_]
"""One yes or no for each block."""


HUGE = 1e16
"""Beside it 1 is lost in float64: so large is no state and no sum of a network."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some numbers of a quantity: of one step, of one gate, or all of them."""

    name: str
    step: int | None = None
    gate: int | None = None


@dataclass(frozen=True, slots=True)
class _Cut:
    """One quantity that came back, a block a row."""

    name: str
    first: int  # where its blocks begin among those of all quantities
    got: Array  # (blocks, numbers)
    allowed: Array  # (blocks,): how far a number may be off
    finite: bool

    @property
    def end(self) -> int:
        return self.first + len(self.got)

    @property
    def goes_wild_at(self) -> float:
        """The first step that says nothing any more; inf where there is none."""
        if self.finite and np.abs(self.got).max(initial=0.0) < HUGE:
            return np.inf
        finite = np.isfinite(self.got)
        huge = np.flatnonzero((np.where(finite, np.abs(self.got), 0.0) >= HUGE).any(axis=1))
        after = np.flatnonzero(~finite.all(axis=1)) + 1  # inf or NaN itself says something
        return float(min([*huge[:1], *after[:1]]))

    def rows(self, numbers: Array | None) -> Array | None:
        """Other numbers in the same form; None where they have another shape."""
        if numbers is None:
            return None
        steps = self.got.size
        flat = np.asarray(numbers, dtype=np.float64).reshape(-1)
        # A sequence that ended early is compared as far as it came.
        return flat[:steps].reshape(self.got.shape) if len(flat) >= steps else None

    def equal(self, numbers: Array | None) -> Marks:
        """Which blocks are the same; what overflows is inf or NaN, by how σ is written."""
        rows = self.rows(numbers)
        if rows is None:
            return np.zeros(len(self.got), dtype=np.bool_)
        off = np.abs(rows - self.got)
        if not self.finite:
            off[~np.isfinite(rows) & ~np.isfinite(self.got)] = 0.0
        marks: Marks = off.max(axis=1, initial=0.0) <= self.allowed  # NaN is never <=
        return marks


class Blocks:
    """One run, cut into blocks.

    Parameters
    ----------
    axes : mapping
        The axes of each name of the program, as letters.
    run : Run
    right : mapping
        What the right program gives for what came.

    Attributes
    ----------
    listed : tuple of Block
    limits : array
        How far a number of each block may be off.
    overflown : marks
        The blocks that say nothing, for they are huge or come after inf or NaN.
    wrong : marks
        The blocks that are not those of the right program.
    """

    def __init__(
        self, axes: Mapping[str, tuple[str, ...]], run: Run, right: Mapping[str, Array]
    ) -> None:
        self.run = run
        self.axes = axes
        self._cuts: list[_Cut] = []
        listed: list[Block] = []
        for name, array in run.came.items():
            cut, blocks = _cut(name, axes[name], array, right[name], run.tolerance, len(listed))
            if cut.got.size:
                self._cuts.append(cut)
                listed += blocks
        self.listed = tuple(listed)
        self.limits: Array = np.concatenate([np.zeros(0), *(cut.allowed for cut in self._cuts)])
        self.right = right
        self.overflown: Marks = self._after_an_overflow()
        self.wrong: Marks = ~self.equal(right)

    def _after_an_overflow(self) -> Marks:
        """The blocks of the forward pass from a step with huge numbers on, or after inf or NaN.

        Which numbers come then, is decided by how σ is written and in which order a sum is added
        up: what was 0 beside 1e-100 before is a number now, or NaN. They belong to no mistake.
        """
        said = np.zeros(len(self.listed), dtype=np.bool_)
        forward = [cut for cut in self._cuts if not cut.name.startswith("d_")]
        first = min((cut.goes_wild_at for cut in forward), default=np.inf)
        if np.isfinite(first):
            for cut in forward:
                steps = [block.step for block in self.listed[cut.first : cut.end]]
                said[cut.first : cut.end] = [s is not None and s >= first for s in steps]
        return said

    @property
    def names(self) -> tuple[str, ...]:
        """What came back."""
        return tuple(cut.name for cut in self._cuts)

    def of(self, names: Collection[str]) -> Marks:
        """Which blocks belong to these quantities."""
        return np.array([block.name in names for block in self.listed], dtype=np.bool_)

    def equal(self, numbers: Mapping[str, Array] | None) -> Marks:
        """Which blocks are those of `numbers`; none where there are no numbers at all."""
        marks = np.zeros(len(self.listed), dtype=np.bool_)
        if numbers is not None:
            for cut in self._cuts:
                marks[cut.first : cut.end] = cut.equal(numbers.get(cut.name))
            marks |= self.overflown
        return marks

    def all_equal(self, numbers: Mapping[str, Array] | None) -> bool:
        """Whether everything is the same; the first block that is not ends the comparing."""
        return numbers is not None and all(
            bool((cut.equal(numbers.get(cut.name)) | self.overflown[cut.first : cut.end]).all())
            for cut in self._cuts
        )

    def alike(self, one: Mapping[str, Array], other: Mapping[str, Array]) -> Marks:
        """Which blocks are the same in two lots of numbers, whatever came back."""
        marks = np.zeros(len(self.listed), dtype=np.bool_)
        for cut in self._cuts:
            left, right = cut.rows(one.get(cut.name)), cut.rows(other.get(cut.name))
            if left is not None and right is not None:
                off = np.abs(left - right)
                off[(left == right) | (np.isnan(left) & np.isnan(right))] = 0.0
                marks[cut.first : cut.end] = off.max(axis=1, initial=0.0) <= cut.allowed
            else:
                marks[cut.first : cut.end] = left is right
        return marks

    def numbers(self, marks: Marks) -> Array:
        """The numbers that came back in the marked blocks, one after the other."""
        parts = [cut.got[marks[cut.first : cut.end]].reshape(-1) for cut in self._cuts]
        return np.concatenate(parts) if parts else np.zeros(0)


def _cut(
    name: str, axes: tuple[str, ...], array: Array, right: Array, tolerance: float, first: int
) -> tuple[_Cut, list[Block]]:
    got = np.asarray(array, dtype=np.float64)
    blocks = [Block(name)]
    lead = axes[0] if axes else ""
    if lead == "T":
        blocks = [Block(name, step=t) for t in range(len(got))]
    elif lead[:-1].isdigit():  # 4H: the rows of four gates, one after the other
        blocks = [Block(name, gate=g) for g in range(int(lead[:-1]))]
    rows = got.reshape(len(blocks), -1) if got.size else np.zeros((0, 0))
    largest = np.abs(np.nan_to_num(rows, nan=0.0, posinf=0.0, neginf=0.0)).max(axis=1, initial=0.0)
    scale = float(np.abs(np.nan_to_num(right, nan=0.0, posinf=0.0, neginf=0.0)).max(initial=0.0))
    allowed = tolerance * np.maximum(largest, scale)
    return _Cut(name, first, rows, allowed, bool(np.isfinite(rows).all())), blocks
