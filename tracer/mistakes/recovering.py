"""Numbers that did not come back, worked out from those that did.

With at least as many inputs as there are sums, the gradient of x tells that of each sum: d_x is
made of all of them by one product. And what was multiplied by known numbers is found by dividing,
believed only where two ways to it agree.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tracer.cells.activations import Array
from tracer.equations.expression import Binary, Name
from tracer.mistakes.records import Run
from tracer.program import Program
from tracer.program.line import Line

CLOSE = 1e-6
"""How near two ways to the same number have to come, as a share of its largest value."""


def recovered(program: Program, run: Run, expected: Mapping[str, Array]) -> dict[str, Array]:
    """The student's own hidden gradients, as far as they can be known.

    Parameters
    ----------
    program : Program
        The right one.
    run : Run
    expected : mapping
        All that the program gives on this run, from the student's own numbers.
    """
    found = _from_inputs(program, run, expected)
    if not found:
        return {}
    # From d_z by its slope to d_i, d_f, d_g, and from those to d_c, which they share. What lies
    # between is not known: whether it or the slope is wrong, nobody can say.
    between = _by_dividing(program, expected, {**run.came, **found})
    shared = _by_dividing(program, expected, {**run.came, **found, **between})
    found |= {name: array for name, array in shared.items() if name in _SHARED}
    return {name: array for name, array in found.items() if name not in run.came}


def _from_inputs(program: Program, run: Run, expected: Mapping[str, Array]) -> dict[str, Array]:
    """The gradient of each sum, from that of the input."""
    line, d_x = program.lines.get("d_x"), run.came.get("d_x")
    if line is None or d_x is None or "d_x" in run.given:
        return {}
    names, blocks = [], []
    for term in line.expression.terms:
        match term:
            case Binary("@", Name(d), Name(block)):
                names.append(d)
                blocks.append(_block(program, run, block))
            case _:
                return {}
    stacked = np.concatenate(blocks)  # (4H, D)
    if stacked.shape[0] > stacked.shape[1] or np.linalg.cond(stacked) > 1e4:
        return {}
    d_z = d_x @ np.linalg.pinv(stacked)
    if not _near(d_z @ stacked, d_x):
        return {}  # it is no such product at all
    parts = np.split(d_z, len(names), axis=-1)
    found = dict(zip(names, parts, strict=True))
    return found if _fits_something(program, run, expected, found) else {}


def _fits_something(
    program: Program, run: Run, expected: Mapping[str, Array], found: Mapping[str, Array]
) -> bool:
    """Whether something else that came back is made of these; else d_x itself may be wrong."""
    others = [
        name for name in run.came
        if name != "d_x" and (line := program.lines.get(name)) is not None and line.backward
    ]  # fmt: skip
    if len(next(iter(found.values()))) < len(expected["d_x"]):
        return False
    again = program.run(run.given, own={**run.came, **found}, wanted=tuple(others))
    return any(
        _near(again[name], run.came[name]) and not _near(expected[name], run.came[name])
        for name in others
    )


def _block(program: Program, run: Run, name: str) -> Array:
    whole, above = program.blocks.get(name, (name, 0))
    rows = run.given["W"].shape[1]
    return run.given[whole][above * rows : (above + 1) * rows]


def _by_dividing(
    program: Program, expected: Mapping[str, Array], known: Mapping[str, Array]
) -> dict[str, Array]:
    """What stands in a product with known numbers, where it is known from one line or two agree."""
    ways: dict[str, list[Array]] = {}
    for name, line in program.lines.items():
        if not line.backward or name not in known or line.axes != ("T", "N", "H"):
            continue
        unknown = [
            read for read in line.reads
            if read.startswith("d_") and read not in known and program.lines[read].backward
        ]  # fmt: skip
        if len(unknown) == 1 and unknown[0] not in known:
            way = _solved(line, unknown[0], {**expected, **known}, known[name])
            if way is not None:
                ways.setdefault(unknown[0], []).append(way)
    found = {}
    for name, arrays in ways.items():
        if name not in _SHARED:
            found[name] = arrays[0]
            continue
        pair = next(
            (a for k, a in enumerate(arrays) if any(_near(a, b) for b in arrays[k + 1 :])), None
        )
        if pair is not None:
            found[name] = pair
    return found


_SHARED = frozenset({"d_c", "d_h"})
"""What several lines read, so that two of them have to agree on it."""


def _solved(line: Line, name: str, values: Mapping[str, Array], result: Array) -> Array | None:
    """The value of `name` with which a line gives `result`, if it multiplies it with something."""
    if not all(read in values or read == name for read in line.reads):
        return None
    factor = line.of_all_steps({**values, name: np.float64(1)})
    twice = line.of_all_steps({**values, name: np.float64(2)})
    some = np.abs(factor) > CLOSE  # past a sentence's end there is nothing to be divided
    if not _near(np.asarray(twice), 2 * np.asarray(factor)) or np.any(result[~some]):
        return None
    value: Array = np.where(some, result / np.where(some, factor, 1), 0)
    return value


def _near(one: Array, other: Array) -> bool:
    scale = np.abs(other).max(initial=0.0)
    return one.shape == other.shape and bool((np.abs(one - other) <= CLOSE * scale).all())
