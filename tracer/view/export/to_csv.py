"""A trace as CSV, one number a line: the long form that spreadsheets and statistics programs want.

The columns are ``sentence, step, word, quantity, unit, value``; sentences and steps count from 1,
units (and classes and inputs, which stand in the same column) from 0; a loss has no unit. A word
that a spreadsheet would take for a formula gets an apostrophe in front.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

import numpy as np

from tracer.trace.trace import Trace
from tracer.view.say.sentence import Sentence

COLUMNS = ("sentence", "step", "word", "quantity", "unit", "value")

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def write_csv(
    traces: Iterable[tuple[int, Trace]],
    stream: TextIO,
    *,
    names: Sequence[str] | None = None,
    unit: int | None = None,
) -> None:
    """Write the numbers of sentences to `stream`, one sentence after the other.

    Parameters
    ----------
    traces : iterable of (int, Trace)
        Each of one sentence, with its number from 1; only one has to be in memory at a time.
    stream : TextIO
    names : sequence of str
        Only these quantities.
    unit : int
        Only this one; quantities that have no units are left out then.
    """
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(COLUMNS)
    for number, trace in traces:
        sentence, listed = Sentence(trace), names or _of_steps(trace)
        for step in range(sentence.T):
            head = (number, step + sentence.first, safe_word(sentence.word(step)))
            table.writerows((*head, *line) for line in _lines(sentence, step, listed, unit))


def _of_steps(trace: Trace) -> list[str]:
    """The quantities that have a number for each step; a gradient of a weight has none."""
    return [name for name in trace.names if trace.quantity(name).dims[:2] == ("step", "batch")]


def _lines(
    sentence: Sentence, step: int, names: Sequence[str], unit: int | None
) -> Iterator[tuple[object, ...]]:
    for name in names:
        has_units = sentence.trace.quantity(name).dims[-1] == "unit"
        if unit is not None and not has_units:
            continue
        row = sentence[name][step]
        values = [str(value) for value in np.atleast_1d(row)]
        places: Sequence[object] = [""] if row.ndim == 0 else range(len(values))
        if has_units:
            places = sentence.unit_names
        for place, value in zip(places, values, strict=True):
            if unit is None or place == unit:
                yield (name, place, value)


def safe_word(word: str) -> str:
    """`word`, with an apostrophe in front where a spreadsheet would take it for a formula."""
    return f"'{word}" if word.startswith(_FORMULA) else word
