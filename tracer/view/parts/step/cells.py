"""One step as cells: a row for each gate and state, a number for each unit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np

from tracer.equations import Kind, Quantity
from tracer.language import _
from tracer.model.gradientflow import norms
from tracer.view.say.sentence import Numbers, Sentence, spread

CLIP_SHARE = 0.95
"""The share of all values of an unbounded quantity that its scale must hold."""

_STEPS = (3 / 2, 4 / 3, 3 / 2, 4 / 3, 3 / 2, 4 / 3, 5 / 4)  # 1, 1.5, 2, 3, 4, 6, 8, 10


@dataclass(frozen=True, slots=True)
class Row:
    """The numbers of one quantity at one step.

    Attributes
    ----------
    name : str
    kind : Kind
        A switch, information, a memory, ...
    meaning : str
        One plain-language line.
    values : tuple of float
        One for each unit.
    scale : float
        The size that fills a cell; what is larger goes beyond it.
    range : tuple of float, or None
        The numbers between which it lives; None where it has no bounds.
    """

    name: str
    kind: Kind
    meaning: str
    values: tuple[float, ...]
    scale: float = 1.0
    range: tuple[float, float] | None = None

    @property
    def kind_name(self) -> str:
        """What its kind of number is called, with its range."""
        info = {(-1.0, 1.0): _("info -1..1"), (0.0, 1.0): _("info 0..1"), None: _("info")}
        return {
            Kind.SWITCH: _("switch 0..1"),
            Kind.INFORMATION: info.get(self.range, _("info >= 0")),
            Kind.MEMORY: _("memory"),
            Kind.PRE_ACTIVATION: _("sum z"),
        }.get(self.kind, str(self.kind))

    @property
    def spread(self) -> tuple[float, float, float] | None:
        """Mean, least and greatest of the finite values; None if there is none."""
        return spread(self.values)

    @property
    def length(self) -> float:
        """The Euclidean length of the whole row: the size of a gradient."""
        return float(norms(np.array([self.values]))[0])


@dataclass(frozen=True, slots=True)
class Cells:
    """The rows of one step, over the same units; `units` are their numbers, from 0."""

    units: tuple[int, ...]
    rows: tuple[Row, ...]


def cells(
    sentence: Sentence, step: int, quantities: Sequence[Quantity], scales: Mapping[str, float]
) -> Cells:
    """The cells of `step` (from 0); `scales` are those of `scales_of`."""
    rows = (
        Row(
            quantity.name,
            quantity.kind,
            _(quantity.meaning),
            tuple(sentence[quantity.name][step].astype(float).tolist()),
            scales[quantity.name],
            range_of(sentence, quantity),
        )
        for quantity in quantities
    )
    return Cells(tuple(sentence.unit_names), tuple(rows))


def scales_of(sentence: Sentence, quantities: Sequence[Quantity]) -> dict[str, float]:
    """The size that fills a cell, for each quantity, the same at all steps."""
    return {
        quantity.name: 1.0
        if is_bounded(sentence, quantity)
        else scale_of(sentence[quantity.name].ravel())
        for quantity in quantities
    }


def range_of(sentence: Sentence, quantity: Quantity) -> tuple[float, float] | None:
    """Between which numbers a quantity of this cell lives; None where it has no bounds."""
    equations = sentence.trace.equations
    if quantity.name not in equations:  # of the output
        return quantity.kind.range
    return equations.range(quantity.name, sentence.trace.cell.options)


def is_bounded(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether it has bounds on both sides, so that 1 fills a cell."""
    found = range_of(sentence, quantity)
    return found is not None and found[1] == 1


def scale_of(values: Iterable[float]) -> float:
    """The size that fills a cell for a quantity without bounds.

    One of 1, 1.5, 2, 3, 4, 6, 8, 10, 15, …: the smallest that holds `CLIP_SHARE` of the finite
    values; the others are marked as clipped in their cells.
    """
    sizes = np.abs(np.asarray(list(values), dtype=float))
    sizes = sizes[np.isfinite(sizes)]
    wanted = float(np.quantile(sizes, CLIP_SHARE, method="inverted_cdf")) if sizes.size else 0.0
    scale = 1.0
    for step in cycle(_STEPS):
        if scale >= wanted:
            break
        scale *= step
    return scale


def rounded_up(rows: Iterable[Numbers]) -> float:
    """The largest finite size in `rows`, rounded up to one digit; 1 where there is none."""
    sizes = np.abs(np.concatenate([row.astype(float) for row in rows]))
    largest = float(sizes[np.isfinite(sizes)].max(initial=0.0))
    if largest == 0:
        return 1.0
    digit = 10.0 ** math.floor(math.log10(largest)) if largest > 1e-307 else largest
    return min(math.ceil(largest / digit - 1e-9) * digit, 1.7e308)
