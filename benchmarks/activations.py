"""How far the compiled activations are from the exact ones, over every float32 there is.

Needs nothing beside tracer::

    python benchmarks/activations.py [--every 1] [--only sigmoid]

Each of the 2^32 float32 is a z; with ``--every 100`` only one of a hundred is taken. Printed is,
for each activation, where its error is largest in units in the last place of the exact value, and
where it is largest in itself. The exact values are NumPy's in float64; those of the two places
printed are computed again with 60 digits. What comes of NaN must be NaN.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from decimal import Decimal, getcontext
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tracer.kernels.cpu.squeezing import CODE, squeeze

Numbers = npt.NDArray[np.float32]
Wide = npt.NDArray[np.float64]

AT_ONCE = 2**16
"""So many numbers stay in the second cache, in float64 too."""
INFINITE = 0x7F800000
"""The bits of Inf. Those of smaller numbers are below, those of NaN above."""

EXPONENT = np.uint64(0x7FF0000000000000)
"""What of the bits of a float64 is the power of two in it."""

getcontext().prec = 60


def _sigmoid(z: Wide) -> Wide:
    e = np.exp(-np.abs(z))
    return np.where(z < 0, e, 1) / (1 + e)


EXACT: dict[str, Callable[[Wide], Wide]] = {
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "sigmoid": _sigmoid,
    "identity": lambda z: z,
    "hard-sigmoid": lambda z: np.clip((z + 3) / 6, 0, 1),
    "hard": lambda z: (z > 0).astype(np.float64),
    "hard-sigmoid-0.2": lambda z: np.clip((z + 2.5) / 5, 0, 1),
}


def digits(name: str, z: float) -> Decimal:
    """The activation of one number, to 60 digits."""
    exact, one = Decimal(z), Decimal(1)
    if name == "tanh":
        e = (-2 * abs(exact)).exp()
        return ((one - e) / (one + e)).copy_sign(exact)
    if name == "sigmoid":
        return one / (one + (-exact).exp())
    if name == "relu":
        return max(exact, 0 * one)
    if name == "identity":
        return exact
    if name == "hard":
        return Decimal(int(z > 0))
    half = 3 if name == "hard-sigmoid" else Decimal("2.5")
    return min(max((exact + half) / (2 * half), 0 * one), one)


class Worst(NamedTuple):
    """An error, and the z at which it is."""

    error: float
    z: float


def worst(name: str, z: Numbers) -> tuple[Worst, Worst]:
    """Among these z the largest error in units in the last place, and the largest in itself."""
    got = np.empty_like(z)
    squeeze(CODE[name], z, got)
    with np.errstate(all="ignore"):
        wanted = EXACT[name](z.astype(np.float64))
        power = (wanted.view(np.uint64) & EXPONENT).view(np.float64)
        unit = np.maximum(power * 2.0**-23, 2.0**-149)
        errors = np.abs(got - wanted)
        errors[got == wanted] = 0  # also of Inf
        found = []
        for size in (errors / unit, errors):
            place = int(size.argmax())  # of a NaN, if there is one
            error = float(size[place])
            found.append(Worst(np.inf if np.isnan(error) else error, float(z[place])))
    return found[0], found[1]


def again(name: str, z: float) -> tuple[float, float]:
    """The error at one z in units in the last place, and in itself, from 60 digits."""
    if not np.isfinite(z):
        return 0.0, 0.0
    got = np.empty(1, np.float32)
    squeeze(CODE[name], np.array([z], np.float32), got)
    wanted = digits(name, z)
    error = abs(Decimal(float(got[0])) - wanted)
    unit = max(2.0 ** (math.frexp(float(wanted))[1] - 24), 2.0**-149)
    return float(error / Decimal(unit)), float(error)


def kept_nan(name: str, z: Numbers) -> bool:
    """Whether what comes of these NaN is NaN."""
    got = np.empty_like(z)
    squeeze(CODE[name], z, got)
    return bool(np.isnan(got).all())


def main() -> None:
    """Print one line for each activation."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--only", choices=EXACT, action="append", help="may be repeated")
    given = parser.parse_args()
    every = given.every
    for name in given.only or EXACT:
        ulps, itself, nan, count = Worst(0.0, 0.0), Worst(0.0, 0.0), True, 0
        for start in range(0, 2**32, AT_ONCE * every):
            bits = np.arange(start, min(start + AT_ONCE * every, 2**32), every, dtype=np.uint32)
            z = bits.view(np.float32)
            numbers = z[bits & 0x7FFFFFFF <= INFINITE]
            count += z.size
            if len(numbers) < len(z):
                nan = nan and kept_nan(name, z[np.isnan(z)])
            if len(numbers):
                one, other = worst(name, numbers)
                ulps, itself = max(ulps, one), max(itself, other)
        exact = again(name, ulps.z)[0], again(name, itself.z)[1]
        print(
            f"{name:17} {count:,} z: {ulps.error:.4g} units in the last place "
            f"({exact[0]:.4g} by 60 digits) at z = {ulps.z!r}; "
            f"{itself.error:.3g} ({exact[1]:.3g}) at z = {itself.z!r}; "
            f"NaN {'stays' if nan else 'IS LOST'}",
            flush=True,
        )


if __name__ == "__main__":
    main()
