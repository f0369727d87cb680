"""How far the compiled activations are from the exact ones, over every float32 there is.

Needs nothing beside tracer::

    python benchmarks/activations.py [--every 1]

Each float32 from -Inf to Inf is a z; with ``--every 100`` only one of a hundred is taken. Printed
are the largest error of σ and of tanh, in units in the last place of the result, and where it is.
The exact values are those of NumPy's float64.
"""

from __future__ import annotations

import argparse

import numpy as np
import numpy.typing as npt

from tracer.kernels.cpu.squeezing import CODE, squeeze

Numbers = npt.NDArray[np.float32]

AT_ONCE = 2**22
FINITE = 0x7F800000
"""So many float32 are at least 0 and finite."""


def exact(name: str, z: Numbers) -> npt.NDArray[np.float64]:
    """The activation in float64."""
    wide = z.astype(np.float64)
    if name == "tanh":
        return np.tanh(wide)
    e = np.exp(-np.abs(wide))
    return np.where(wide < 0, e, 1) / (1 + e)


def worst(name: str, z: Numbers) -> tuple[float, float]:
    """The largest error among these z, and its z."""
    got = np.empty_like(z)
    squeeze(CODE[name], z, got)
    wanted = exact(name, z)
    unit = np.spacing(np.abs(wanted).astype(np.float32)).astype(np.float64)
    errors = np.abs(got - wanted) / unit
    place = int(errors.argmax())
    return float(errors[place]), float(z[place])


def main() -> None:
    """Print one line for each activation."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=1)
    every = parser.parse_args().every
    found = {"sigmoid": (0.0, 0.0), "tanh": (0.0, 0.0)}
    for start in range(0, FINITE, AT_ONCE * every):
        bits = np.arange(start, min(start + AT_ONCE * every, FINITE), every, dtype=np.uint32)
        z = bits.view(np.float32)
        for name, before in found.items():
            found[name] = max(before, worst(name, z), worst(name, -z))
    for name, (error, z) in found.items():
        print(f"{name:8} {error:.3f} units in the last place, at z = {z!r}")


if __name__ == "__main__":
    main()
