"""Every number of a sentence, each on a line of its own: for a medium that leaves nothing out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from tracer.trace.trace import Trace
from tracer.view.say.sentence import Sentence


class Line(NamedTuple):
    """One number.

    Attributes
    ----------
    step : int
        As screens count.
    word : str
    quantity : str
    place : int or None
        What screens call the unit (or class, or input); None for a quantity of one number.
    value : NumPy float
        In the dtype of the trace, for its digits.
    """

    step: int
    word: str
    quantity: str
    place: int | None
    value: np.floating[Any]


def lines(
    sentence: Sentence, names: Sequence[str] | None = None, unit: int | None = None
) -> Iterator[Line]:
    """Step by step, the quantities `names` (all that each step has) in computing order.

    With `unit` only that one; quantities that have no units are left out then.
    """
    listed = names or of_steps(sentence.trace)
    for t in range(sentence.T):
        for name in listed:
            has_units = sentence.trace.quantity(name).dims[-1] == "unit"
            if unit is not None and not has_units:
                continue
            row = sentence[name][t]
            places: Sequence[int | None] = range(row.size) if row.ndim else [None]
            if has_units:
                places = sentence.unit_names
            for place, value in zip(places, np.atleast_1d(row), strict=True):
                if unit is None or place == unit:
                    yield Line(t + sentence.first, sentence.word(t), name, place, value)


def of_steps(trace: Trace) -> list[str]:
    """The quantities that have a number for each step; a gradient of a weight has none."""
    return [name for name in trace.names if trace.quantity(name).of_each_step]
