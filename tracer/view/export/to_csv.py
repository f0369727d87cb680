"""A trace as CSV, one number a line: the long form that spreadsheets and statistics programs want.

The columns are ``sentence, step, word, quantity, unit, value``; sentences and steps count from 1,
units (and classes and inputs, which stand in the same column) from 0; a loss has no unit. A word
that a spreadsheet would take for a formula gets an apostrophe in front.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from typing import TextIO

from tracer.trace.trace import Trace
from tracer.view.parts.step.lines import lines
from tracer.view.say.sentence import Sentence

COLUMNS = ("sentence", "step", "word", "quantity", "unit", "value")

_FORMULA = re.compile(
    r"^(?=[\t\r]|[\s\"]*[=+\-@＝＋－＠])|(?<=[;\t\r\n])(?=[\s\"]*[=+\-@＝＋－＠])"
)
"""Where one begins: in front, also after blanks, and where a spreadsheet cuts at a ;."""


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
        for line in lines(Sentence(trace), names, unit):
            place = "" if line.place is None else line.place
            word = safe_word(line.word)
            table.writerow((number, line.step, word, line.quantity, place, str(line.value)))


def safe_word(word: str) -> str:
    """`word`, with an apostrophe where a spreadsheet would take what follows for a formula."""
    return _FORMULA.sub("'", word)
