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
from tracer.explaining import explain
from tracer.trace import Address, Trace

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
    consequences : int
        How many later numbers differ only because of this one: put into the equations of the
        expected trace, the other trace's own numbers give just what it has.
    also : tuple of Divergence
        Later places that this one does not explain: further, independent causes, one for each
        quantity, in computing order.
    """

    step: int
    batch: int
    quantity: str
    unit: int | None
    got: float
    expected: float
    layer: int = 0
    direction: str = "forward"
    consequences: int = 0
    also: tuple[Divergence, ...] = ()


def compare(
    got: Trace, expected: Trace, *, rtol: float | None = None, atol: float | None = None
) -> Divergence | None:
    """Compare two traces in the order in which the equations compute things.

    Parameters
    ----------
    got, expected : Trace
        Of the same kind of cell and the same sizes.
    rtol, atol : float
        A number agrees if ``|got - expected| <= atol + rtol * |expected|``; by default 1e-9 and
        1e-12 in float64, 1e-5 and 1e-6 where either is float32. NaN agrees with NaN.

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
    _check_alike(got, expected)
    single = np.float32 in (got.dtype, expected.dtype)
    default = TOLERANCE["float32" if single else "float64"]
    tolerance = Tolerance(
        *(d if t is None else t for t, d in zip((rtol, atol), default, strict=True))
    )

    differences = [
        Difference(address, order, got.quantity(address), got[address], expected[address], differs)
        for order, address in enumerate(_addresses(got, expected))
        if (differs := ~tolerance.agree(got[address], expected[address])).any()
    ]
    if not differences:
        return None
    first = min(differences, key=lambda d: d.moment)
    causes = {d.order: _causes(d, got, expected, tolerance) for d in differences}
    numbers = sum(int(d.differs.sum()) - int(causes[d.order].sum()) for d in differences)
    also = [
        replace(d, differs=causes[d.order])
        for d in differences
        if d.order != first.order and causes[d.order].any()
    ]
    also.sort(key=lambda d: d.moment)
    return replace(first.divergence, consequences=numbers, also=tuple(d.divergence for d in also))


class Tolerance(NamedTuple):
    """How far apart two numbers may be and still agree."""

    relative: float
    absolute: float

    def agree(self, got: Array, expected: Array) -> npt.NDArray[np.bool_]:
        """Element by element; NaN agrees with NaN, Inf with the same Inf."""
        close: npt.NDArray[np.bool_] = np.isclose(
            got, expected, rtol=self.relative, atol=self.absolute, equal_nan=True
        )
        return close


@dataclass(frozen=True, eq=False)
class Difference:
    """One quantity that differs somewhere; `order` is its place in the computing order."""

    address: Address
    order: int
    quantity: Quantity
    got: Array
    expected: Array
    differs: npt.NDArray[np.bool_]

    @property
    def backward(self) -> bool:
        """Whether it belongs to the backward pass, which computes the last step first."""
        return self.quantity.kind is Kind.GRADIENT

    @property
    def first(self) -> tuple[int, ...]:
        """Index of the first number, in computing order, that differs."""
        turned = self.backward and self.quantity.dims[0] == "step"
        differs = self.differs[::-1] if turned else self.differs
        index = [int(i) for i in np.unravel_index(differs.argmax(), differs.shape)]
        if turned:
            index[0] = len(differs) - 1 - index[0]
        return tuple(index)

    @property
    def moment(self) -> tuple[int, int, int]:
        """When it is computed: forward step by step, then backward, then the totals."""
        if not self.backward:
            return (0, self.first[0], self.order)
        if self.quantity.dims[0] == "step" and self.quantity.dims[-1] != "column":
            return (1, -self.first[0], self.order)
        return (2, 0, self.order)

    @property
    def divergence(self) -> Divergence:
        """The first number that differs, as a record."""
        at = dict(zip(self.quantity.dims, self.first, strict=True))
        rest = [i for dim, i in at.items() if dim not in {"step", "batch"}]
        return Divergence(
            step=at.get("step", 0),
            batch=at.get("batch", 0),
            quantity=self.address.name,
            unit=rest[0] if rest else None,
            got=float(self.got[self.first]),
            expected=float(self.expected[self.first]),
            layer=self.address.layer,
            direction=self.address.direction,
        )


def _causes(
    d: Difference, got: Trace, expected: Trace, tolerance: Tolerance
) -> npt.NDArray[np.bool_]:
    """Where a difference is a cause: got's own numbers in expected's equations don't give it."""
    explained = explain(d.address, got, expected)
    if explained is None:  # given from outside: nothing before it could be the cause
        return d.differs
    if d.quantity.dims[:2] == ("step", "batch"):
        # Past its length a state only stands still, whatever the equation says.
        steps = np.arange(got.T).reshape(-1, *(1,) * (d.got.ndim - 1))
        real = steps < got.lengths.reshape(-1, *(1,) * (d.got.ndim - 2))
    else:
        real = np.ones(d.differs.shape, np.bool_)
    scale = np.abs(explained[np.isfinite(explained)]).max(initial=0)
    wide = Tolerance(tolerance.relative, tolerance.absolute + tolerance.relative * float(scale))
    causes: npt.NDArray[np.bool_] = d.differs & ~wide.agree(d.got, explained) & real
    return causes


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


def _check_alike(got: Trace, expected: Trace) -> None:
    def sizes(trace: Trace) -> dict[str, object]:
        return {
            "kind of cell": [layer.cell.equations.name for layer in trace.layers],
            "number of steps T": trace.T,
            "batch size N": trace.N,
            "input size D": trace.D,
            "hidden size H": [layer.cell.W.shape[1] for layer in trace.layers],
            "lengths": trace.lengths.tolist(),
        }

    for (what, mine), theirs in zip(sizes(got).items(), sizes(expected).values(), strict=True):
        if mine != theirs:
            raise InputError(
                f"the traces differ in {what}: {mine} and {theirs}; nothing to compare"
            )
    if got.head and expected.head and got.K != expected.K:
        raise InputError(f"the traces differ in number of classes K: {got.K} and {expected.K}")
