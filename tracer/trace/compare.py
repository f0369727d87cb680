"""Where two traces first part ways, and which of the later differences are only a consequence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from tracer.equations import LEVELS
from tracer.errors import InputError
from tracer.trace.alike import check_alike
from tracer.trace.differing import Difference, Divergence, Tolerance, both, difference
from tracer.trace.part import at_once
from tracer.trace.room import bytes_of_a_step
from tracer.trace.trace import Address, Trace

TOLERANCE: Mapping[str, tuple[float, float]] = {"float64": (1e-9, 1e-12), "float32": (1e-5, 1e-6)}
"""Relative and absolute tolerance by dtype: far above rounding, far below the smallest bug."""


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
    found = [d for d in _differences(got, expected, tolerance) if d is not None]
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


WINDOW = 2**23
"""Bytes of a trace that are compared at a time, if those are more than a step."""


def _differences(got: Trace, expected: Trace, tolerance: Tolerance) -> Iterator[Difference | None]:
    """What is to be said about each quantity; None where it agrees everywhere.

    A long run is compared window by window, so that no more is in memory at a time. Each window has
    one step more on either side, which says what its first and last step were handed.
    """
    each_step: dict[Address, int] = {}
    totals: dict[Address, int] = {}
    for order, address in enumerate(_addresses(got, expected)):
        kind = each_step if got.quantity(address).dims[0] == "step" else totals
        kind[address] = order
    found: dict[Address, Difference | None] = dict.fromkeys(each_step)
    size = max(bytes_of_a_step(layer.cell, got.N, LEVELS[-1]) for layer in got.layers)
    steps = max(1, int(WINDOW // size))
    for start in range(0, got.T, steps):
        window = slice(start, min(start + steps, got.T))
        first, last = max(window.start - 1, 0), min(window.stop + 1, got.T)
        mine, theirs = at_once(got, first, last), at_once(expected, first, last)
        for address, order in each_step.items():
            more = difference(address, order, mine, theirs, tolerance, window, first)
            found[address] = both(found[address], more)
    yield from found.values()
    for address, order in totals.items():
        yield difference(address, order, got, expected, tolerance)


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
