"""An expected probability worked out: a class's share of what all of its row add up to."""

from __future__ import annotations

import numpy as np

from tracer.equations.expression import Call, Name
from tracer.grading.report import Difference
from tracer.language import _
from tracer.program import Program
from tracer.view.parts.step.worked import Worked
from tracer.view.say.numbers import number
from tracer.view.say.own_words import OwnWords

LARGE = 20.0
"""From here on e to a score is too large, or too small, to be written beside the others."""

CLOSE = 1e-6
"""How near the share comes to the expected number, as a share of it; or nothing is shown."""


def share_of(
    program: Program, d: Difference, place: str, digits: int, words: OwnWords
) -> Worked | None:
    """Softmax as a quotient of two numbers; None of what is none, or where it gives another one.

    Parameters
    ----------
    program : Program
    d : Difference
    place : str
        What stands to the left.
    digits : int
    words : OwnWords
    """
    match program.lines[d.quantity].expression:
        case Call("softmax", (Name(scores),)) if d.at and scores in d.values:
            every = d.values[scores]
        case _:
            return None
    if every.shape != d.expected.shape:
        return None
    row, of = every[d.at[:-1]], words.name(scores)
    if not np.isfinite(row).all():
        return None
    taken = float(row.max()) if np.abs(row).max() > LARGE else 0.0
    e = np.exp(row - taken)
    if not abs(e[d.at[-1]] / e.sum() - d.expected_number) <= CLOSE:
        return None
    sign = "-" if taken > 0 else "+"
    less = f"e^({of} {sign} {number(abs(taken), digits)})" if taken else f"e^{of}"
    one, every_one = (number(float(part), digits) for part in (e[d.at[-1]], e.sum()))
    result = number(d.expected_number, digits)
    letters = _("{one} / (sum of {one} over the row)").format(one=less)
    exact = number(float(one) / float(every_one), digits) == result
    return Worked(place, letters, f"{one} / {every_one}", result, exact)
