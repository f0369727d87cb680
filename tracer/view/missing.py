"""What a wrong number lacks: the share of a sum without which the equations give that number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from tracer.cells.evaluation import evaluate
from tracer.equations import CellEquations
from tracer.grading.comparing import TOLERANCE, operands
from tracer.grading.report import Difference
from tracer.language import _


def missing(cell: CellEquations, d: Difference) -> str:
    """A sentence that names the share, if exactly one explains the wrong number; else nothing."""
    found = [
        (ending, shares)
        for ending, shares in _candidates(d.values)
        if _is_near(_without(cell, d, shares), d.got) and not _is_near(d.expected, d.got)
    ]
    if len({ending for ending, _shares in found}) != 1:
        return ""
    ending, shares = found[0]
    symbols = ", ".join(cell[share].symbol for share in shares)
    said = {
        "x": _("Your number is the one that comes out without the word ({symbols})."),
        "h": _("Your number is the one that comes out without the step before ({symbols})."),
        "a": _("Your number is the one that comes out without the bias ({symbols})."),
    }
    return said[ending].format(symbols=symbols)


def _candidates(values: Mapping[str, float]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The shares of one sum z, each alone; and those of all sums that are of the same origin."""
    for ending in ("x", "h", "a"):
        shares = [name for name in values if name.endswith(f"_from_{ending}") and name[0] == "z"]
        yield from ((ending, (share,)) for share in shares)
        if len(shares) > 1:
            yield ending, tuple(shares)


def _without(cell: CellEquations, d: Difference, shares: Iterable[str]) -> float:
    """What the equations give if these shares are 0."""
    usual: Any = SimpleNamespace(
        equations=cell, **{option: choices[0] for option, choices in cell.options.items()}
    )
    values = {name: np.asarray(value) for name, value in d.values.items()}
    changed = set(shares)
    values |= dict.fromkeys(changed, np.zeros(()))
    for quantity in cell:
        if quantity.level is not None and changed & set(operands(quantity)):
            if not set(operands(quantity)) <= values.keys() | cell.functions.keys():
                return float("nan")
            values[quantity.name] = evaluate(usual, quantity.equation, values)
            changed.add(quantity.name)
    return float(values[d.quantity]) if d.quantity in changed else float("nan")


def _is_near(one: float, other: float) -> bool:
    return abs(one - other) <= TOLERANCE * (1 + abs(other))
