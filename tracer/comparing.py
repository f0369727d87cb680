"""Where two traces first part ways, and which of the later differences are only a consequence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array
from tracer.cells.evaluation import evaluate
from tracer.errors import InputError
from tracer.tasks import cross_entropy, softmax
from tracer.trace import Address, Trace

TOLERANCE: Mapping[str, tuple[float, float]] = {"float64": (1e-9, 1e-12), "float32": (1e-5, 1e-6)}
"""Relative and absolute tolerance by dtype: far above rounding, far below the smallest bug."""


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first place where the numbers of two traces part.

    Attributes
    ----------
    step, batch : int
        Indices from 0 into the traces.
    quantity : str
    unit : int or None
        Index along the quantity's last axis; None where it has none (loss).
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
        Difference(address, order, got[address], expected[address], differs)
        for order, address in enumerate(_addresses(got, expected))
        if (differs := ~tolerance.agree(got[address], expected[address])).any()
    ]
    if not differences:
        return None
    first = min((d for d in differences), key=lambda d: (d.first[0], d.order))
    causes = {d.order: _causes(d, got, expected, tolerance) for d in differences}
    numbers = sum(int(d.differs.sum()) - int(causes[d.order].sum()) for d in differences)
    also = [
        replace(d, differs=causes[d.order])
        for d in differences
        if d.order != first.order and causes[d.order].any()
    ]
    also.sort(key=lambda d: (d.first[0], d.order))
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
    got: Array
    expected: Array
    differs: npt.NDArray[np.bool_]

    @property
    def first(self) -> tuple[int, ...]:
        """Index of the first number that differs: step, batch and, where there is one, unit."""
        return tuple(int(i) for i in np.unravel_index(self.differs.argmax(), self.differs.shape))

    @property
    def divergence(self) -> Divergence:
        """The first number that differs, as a record."""
        at = self.first
        return Divergence(
            step=at[0],
            batch=at[1],
            quantity=self.address.name,
            unit=at[2] if len(at) > 2 else None,
            got=float(self.got[at]),
            expected=float(self.expected[at]),
            layer=self.address.layer,
            direction=self.address.direction,
        )


def _causes(
    d: Difference, got: Trace, expected: Trace, tolerance: Tolerance
) -> npt.NDArray[np.bool_]:
    """Where a difference is a cause: got's own numbers in expected's equations don't give it."""
    explained = _explained(d.address, got, expected)
    if explained is None:  # given from outside: nothing before it could be the cause
        return d.differs
    if d.address.name.endswith("_prev"):  # handed over by the step before, except at the start
        start = (np.arange(got.T) == 0)[:, np.newaxis, np.newaxis]
        started: npt.NDArray[np.bool_] = d.differs & start
        return started
    scale = np.abs(explained[np.isfinite(explained)]).max(initial=0)
    wide = Tolerance(tolerance.relative, tolerance.absolute + tolerance.relative * float(scale))
    # Past its length a state only stands still, whatever the equation says.
    steps = np.arange(got.T).reshape(-1, *(1,) * (d.got.ndim - 1))
    real = steps < got.lengths.reshape(-1, *(1,) * (d.got.ndim - 2))
    causes: npt.NDArray[np.bool_] = d.differs & ~wide.agree(d.got, explained) & real
    return causes


def _explained(address: Address, got: Trace, expected: Trace) -> Array | None:
    """What the expected trace's equation gives when fed with got's own numbers."""
    if address.name in got.outputs:
        head, logits = expected.head, got.outputs["logits"]
        if address.name == "probs":
            return softmax(logits)
        if address.name == "loss":
            return None if expected.target is None else cross_entropy(logits, expected.target)
        return None if head is None else got["h"] @ head.V.T + head.b
    layer = got.layers[address.layer]
    equation = layer.cell.equations[address.name].equation
    if not equation:
        return None if address.name == "x" else layer[address.name]
    return evaluate(expected.layers[address.layer].cell, equation, layer)


def _addresses(got: Trace, expected: Trace) -> list[Address]:
    """Every quantity of both traces, in computing order."""
    addresses = [
        Address(n, layer.direction, name) for n, layer in enumerate(got.layers) for name in layer
    ]
    last = addresses[-1]
    both = [name for name in got.outputs if name in expected.outputs]
    return addresses + [last._replace(name=name) for name in both]


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
