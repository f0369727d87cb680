"""One quantity of two traces: where it differs, and where that is no consequence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array
from tracer.equations import Kind, Quantity
from tracer.trace.explain import explain
from tracer.trace.trace import Address, Trace


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first place where the numbers of two traces part.

    Attributes
    ----------
    step, batch : int
        Indices from 0 into the traces; 0 for a gradient that has no such axis.
    quantity : str
    unit : int or None
        Index along the axis after those (unit, input, class or row); None where it has none (loss).
    got, expected : float
    layer, direction : int, str
        Where the quantity lives; outputs count as the last layer's.
    beside : int
        How many more numbers of the same quantity differ at the same step and sentence.
    consequences : int
        How many other numbers differ only because of earlier ones: put into the equations of the
        expected trace, the other trace's own numbers give just what it has. Backward the equations
        have the other trace's own parameters, for one that differs is a cause already forward.
    again : int
        How many more numbers of the same quantity are no consequence. They are taken for the same
        mistake made again: a wrong equation, weight or input is wrong at many places.
    also : tuple of Divergence
        Places that are no consequence in other quantities: further, independent causes, the first
        one of each quantity, in computing order.
    """

    step: int
    batch: int
    quantity: str
    unit: int | None
    got: float
    expected: float
    layer: int = 0
    direction: str = "forward"
    beside: int = 0
    consequences: int = 0
    again: int = 0
    also: tuple[Divergence, ...] = ()

    def __str__(self) -> str:
        """The place and the two numbers, and how much else differs; indices count from 0."""
        unit = "" if self.unit is None else f"[{self.unit}]"
        said = f"{self.quantity}{unit} at step {self.step} of sequence {self.batch}"
        said += f": got {self.got:.9g}, expected {self.expected:.9g}"
        others = []
        if n := self.consequences:
            others.append(f"{n} later number{_s(n)} as a consequence")
        if n := self.again:
            others.append(f"{n} more value{_s(n)} of {self.quantity} independently")
        if n := len(self.also):
            others.append(f"{n} other quantit{'y' if n == 1 else 'ies'} independently")
        return said + (f"; also different: {', '.join(others)}" if others else "")

    def __repr__(self) -> str:
        return f"<Divergence: {self}>"


def _s(count: int) -> str:
    return "" if count == 1 else "s"


class Tolerance(NamedTuple):
    """How far apart two numbers may be and still agree."""

    relative: float
    absolute: float

    def agree(self, got: Array, wanted: Array, size: Array) -> npt.NDArray[np.bool_]:
        """Element by element; NaN agrees with NaN, Inf with the same Inf."""
        with np.errstate(all="ignore"):
            size = np.where(np.isfinite(size), size, 0)
            close = np.abs(got - wanted) <= self.absolute + self.relative * size
        agree: npt.NDArray[np.bool_] = close | (got == wanted) | np.isnan(got) & np.isnan(wanted)
        return agree


class Place(NamedTuple):
    """One number: when it is computed, its index in its quantity, and the record of it."""

    moment: tuple[int, int, int]
    at: tuple[int, ...]
    divergence: Divergence


class Difference(NamedTuple):
    """One quantity that differs: how many numbers, and how many of those are no consequence."""

    numbers: int
    first: Place
    causes: int
    cause: Place | None


def both(one: Difference | None, other: Difference | None) -> Difference | None:
    """What two windows say about the same quantity, as one."""
    if one is None or other is None:
        return one or other
    causes = [place for place in (one.cause, other.cause) if place is not None]
    return Difference(
        one.numbers + other.numbers,
        min(one.first, other.first, key=_moment),
        one.causes + other.causes,
        min(causes, key=_moment, default=None),
    )


def _moment(place: Place) -> tuple[int, int, int]:
    return place.moment


def difference(
    address: Address,
    order: int,
    got: Trace,
    expected: Trace,
    tolerance: Tolerance,
    window: slice | None = None,
    before: int = 0,
) -> Difference | None:
    """What is to be said about one quantity; None where it agrees everywhere.

    Only about the steps of `window`, if there is one; the traces begin at step `before`.

    A cut trace was given the state before it and the gradient after it; nothing in it explains
    those, so a difference there is a cause.
    """
    quantity, mine, theirs = got.quantity(address), got[address], expected[address]
    differs = ~tolerance.agree(mine, theirs, np.abs(theirs))
    if window is not None:
        differs[: window.start - before] = False
        differs[window.stop - before :] = False
    # Only where that fails are the sizes of the terms worth their time.
    if differs.any() and (own := explain(address, expected, expected)) is not None:
        differs &= ~tolerance.agree(mine, theirs, own.size)
    if not differs.any():
        return None
    causes = differs
    if (explained := explain(address, got, expected)) is not None:
        causes = differs & ~tolerance.agree(mine, *explained)

    def place(where: npt.NDArray[np.bool_]) -> Place:
        index = _first(where, quantity)
        numbers = float(mine[index]), float(theirs[index])
        beside = int(differs[index[: len(_outer(quantity))]].sum()) - 1
        if window is not None:
            index = (index[0] + before, *index[1:])
        record = _record(address, quantity, index, numbers, beside)
        return Place(_moment_of(quantity, index, order), index, record)

    return Difference(
        int(differs.sum()), place(differs),
        int(causes.sum()), place(causes) if causes.any() else None,
    )  # fmt: skip


def _first(where: npt.NDArray[np.bool_], quantity: Quantity) -> tuple[int, ...]:
    """The index of the first marked number, in computing order."""
    turned = quantity.kind is Kind.GRADIENT and quantity.dims[0] == "step"
    index = np.unravel_index((where[::-1] if turned else where).argmax(), where.shape)
    first = [int(i) for i in index]
    if turned:
        first[0] = len(where) - 1 - first[0]
    return tuple(first)


def _moment_of(quantity: Quantity, index: tuple[int, ...], order: int) -> tuple[int, int, int]:
    """When a number is computed: forward step by step, then backward from the last, then totals."""
    if quantity.kind is not Kind.GRADIENT:
        return 0, index[0], order
    by_step = quantity.dims[0] == "step" and "row" not in quantity.dims
    return (1, -index[0], order) if by_step else (2, 0, order)


def _outer(quantity: Quantity) -> list[str]:
    """The axes that say when and in which sentence; the others say which number."""
    return [dim for dim in quantity.dims if dim in {"step", "batch"}]


def _record(
    address: Address,
    quantity: Quantity,
    index: tuple[int, ...],
    numbers: tuple[float, float],
    beside: int,
) -> Divergence:
    at = dict(zip(quantity.dims, index, strict=True))
    rest = index[len(_outer(quantity)) :]
    return Divergence(
        step=at.get("step", 0),
        batch=at.get("batch", 0),
        quantity=address.name,
        unit=rest[0] if rest else None,
        got=numbers[0],
        expected=numbers[1],
        layer=address.layer,
        direction=address.direction,
        beside=beside,
    )
