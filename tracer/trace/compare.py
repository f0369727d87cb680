"""Where two traces first part ways, and which of the later differences are only a consequence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array
from tracer.equations import Kind, Quantity
from tracer.errors import InputError
from tracer.trace.alike import check_alike
from tracer.trace.explain import explain
from tracer.trace.trace import Address, Trace

TOLERANCE: Mapping[str, tuple[float, float]] = {"float64": (1e-9, 1e-12), "float32": (1e-5, 1e-6)}
"""Relative and absolute tolerance by dtype: far above rounding, far below the smallest bug."""


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


def compare(
    got: Trace, expected: Trace, *, rtol: float | None = None, atol: float | None = None
) -> Divergence | None:
    """Compare two traces in the order in which the equations compute things.

    Parameters
    ----------
    got, expected : Trace
        Of the same kind of cell and the same sizes.
    rtol, atol : float
        A number agrees if ``|got - expected| <= atol + rtol * size``, where size is the sum of
        |terms| that its equation adds up, so at least ``|expected|``, and for f(z) also those of z
        times the slope; by default 1e-9 and 1e-12 in float64, 1e-5 and 1e-6 where either is
        float32. NaN agrees with NaN.

    Returns
    -------
    Divergence or None
        The first place where they part, or None where they agree everywhere.

    Raises
    ------
    InputError
        If the traces cannot be laid side by side.
    """
    got, expected = _whole(got), _whole(expected)
    check_alike(got, expected)
    single = np.float32 in (got.dtype, expected.dtype)
    default = TOLERANCE["float32" if single else "float64"]
    tolerance = Tolerance(
        *(d if t is None else t for t, d in zip((rtol, atol), default, strict=True))
    )
    # One quantity after the other, so that no more than one is in memory at a time.
    found = [
        difference
        for order, address in enumerate(_addresses(got, expected))
        if (difference := _difference(address, order, got, expected, tolerance)) is not None
    ]
    if not found:
        return None
    first = min(found, key=lambda d: d.first.moment)
    causes = [(d.cause, d.causes) for d in found if d.cause is not None and d is not first]
    causes.sort(key=lambda pair: pair[0].moment)
    # The first place is no consequence of anything, and does not count among its own.
    blamed = first.cause is not None and first.cause.at == first.first.at
    return replace(
        first.first.divergence,
        consequences=sum(d.numbers - d.causes for d in found) - (not blamed),
        again=first.causes - blamed,
        also=tuple(replace(place.divergence, again=count - 1) for place, count in causes),
    )


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


def _difference(
    address: Address, order: int, got: Trace, expected: Trace, tolerance: Tolerance
) -> Difference | None:
    """What is to be said about one quantity; None where it agrees everywhere.

    A cut trace was given the state before it and the gradient after it; nothing in it explains
    those, so a difference there is a cause.
    """
    quantity, mine, theirs = got.quantity(address), got[address], expected[address]
    differs = ~tolerance.agree(mine, theirs, np.abs(theirs))
    # Only where that fails are the sizes of the terms worth their time.
    if differs.any() and (own := explain(address, expected, expected)) is not None:
        differs &= ~tolerance.agree(mine, theirs, own.size)
    if not differs.any():
        return None
    causes = differs
    if (explained := explain(address, got, expected)) is not None:
        causes = differs & ~tolerance.agree(mine, *explained)

    def place(where: npt.NDArray[np.bool_]) -> Place:
        moment, index = _first(where, quantity, order)
        numbers = float(mine[index]), float(theirs[index])
        beside = int(differs[index[: len(_outer(quantity))]].sum()) - 1
        return Place(moment, index, _record(address, quantity, index, numbers, beside))

    return Difference(
        int(differs.sum()), place(differs),
        int(causes.sum()), place(causes) if causes.any() else None,
    )  # fmt: skip


def _first(
    where: npt.NDArray[np.bool_], quantity: Quantity, order: int
) -> tuple[tuple[int, int, int], tuple[int, ...]]:
    """The moment and the index of the first marked number, in computing order.

    Forward goes step by step, then backward from the last step, then the totals.
    """
    backward, steps = quantity.kind is Kind.GRADIENT, quantity.dims[0] == "step"
    turned = where[::-1] if backward and steps else where
    index = [int(i) for i in np.unravel_index(turned.argmax(), turned.shape)]
    if backward and steps:
        index[0] = len(where) - 1 - index[0]
    if not backward:
        moment = (0, index[0], order)
    else:
        by_step = steps and "row" not in quantity.dims
        moment = (1, -index[0], order) if by_step else (2, 0, order)
    return moment, tuple(index)


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


def _addresses(got: Trace, expected: Trace) -> list[Address]:
    """Every quantity of both traces, in computing order."""
    layers = [
        Address(n, layer.direction, name)
        for n, layer in enumerate(got.layers)
        for name in layer
        if name in expected.layers[n]
    ]
    outputs = [layers[-1]._replace(name=name) for name in got.outputs if name in expected.outputs]
    backward = [address for address in layers if address.name.startswith("d_")]
    return [address for address in layers if address not in backward] + outputs + backward


def _whole(trace: Trace) -> Trace:
    """The trace with all its axes."""
    if trace.units != slice(None):
        raise InputError("a trace that was cut to some of its units cannot be compared")
    return replace(trace, dropped=frozenset())
