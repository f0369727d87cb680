"""A number worked out: ``c_2[3] = f * c_prev + i * g = 0.73·(-0.41) + 0.12·0.88 = -0.19``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from tracer.cells.evaluation import block
from tracer.equations import Quantity
from tracer.equations.expression import Expression, Name, Transposed
from tracer.language import _
from tracer.view.parts.said import Meaning
from tracer.view.say.arithmetic import (
    Functions,
    Value,
    arithmetic,
    comes_out,
    functions,
    in_numbers,
)
from tracer.view.say.numbers import number
from tracer.view.say.sentence import Sentence


@dataclass(frozen=True, slots=True)
class Worked:
    """One number: its place, its equation in letters and in numbers, and what comes out.

    Attributes
    ----------
    place : str
        ``"c_2[3]"``.
    letters, numbers : str
        Nothing where there is no equation to write.
    result : str
    exact : bool
        Whether the numbers, rounded as they are written, give the result as it is written.
    note : str
        What else is to be said of it.
    """

    place: str
    letters: str
    numbers: str
    result: str
    exact: bool = True
    note: str = ""

    @property
    def equals(self) -> str:
        """``=``, or ``≈`` where only the numbers behind the rounded ones give the result."""
        return "=" if self.exact else "≈"

    def __str__(self) -> str:
        """All of it in one line but the note; a number is not said to be itself."""
        parts = [part for part in (self.place, self.letters, self.numbers) if part]
        told = " = ".join(parts)
        return told if self.numbers == self.result else f"{told} {self.equals} {self.result}"


def rounded() -> Meaning:
    """What is to be known to read ``≈``."""
    return Meaning("≈", _("equal up to rounding of the numbers shown"))


def worked(
    place: str,
    expression: Expression,
    values: Mapping[str, Value],
    result: float,
    called: Functions,
    *,
    digits: int = 2,
    symbols: Mapping[str, str] | None = None,
    note: str = "",
    products: bool = True,
) -> Worked:
    """An equation worked out with `values`.

    Parameters
    ----------
    place : str
    expression : Expression
    values : mapping
        What each name of the equation stands for, see `tracer.view.say.arithmetic.in_numbers`.
    result : float
    called : Functions
    digits : int
        Decimals of the numbers and of the result.
    symbols : mapping
        What is written for a name among the letters.
    note : str
    products : bool
        Whether a product of rows is written as the sum that it is, and not as its value.
    """
    numbers = in_numbers(expression, values, called.meant, products=products)
    written = number(result, digits)
    return Worked(
        place,
        expression.written(called.names, symbols or {}),
        arithmetic(numbers, digits, called.names),
        written,
        comes_out(numbers, written, called.meant, digits),
        note,
    )


def in_trace(sentence: Sentence, quantity: Quantity, step: int, unit: int) -> Worked:
    """A quantity of one unit at one step of a sentence; `step` and `unit` from 0."""
    place = place_of(sentence, quantity.name, step, unit)
    result = float(sentence[quantity.name][step, unit])
    values = operands(sentence, quantity.expression, step, unit)
    return worked(place, quantity.expression, values, result, functions(sentence.trace.cell))


def place_of(sentence: Sentence, name: str, step: int, unit: int) -> str:
    """``c_2[3]``: which step and unit, as they are counted on the screen."""
    return f"{name}_{step + sentence.first}[{sentence.unit_names[unit]}]"


def operands(sentence: Sentence, expression: Expression, step: int, unit: int) -> dict[str, Value]:
    """What the equation of one unit reads: that unit's numbers, or whole rows for a product."""
    layer, n = sentence.trace.last, sentence.unit_names[unit]
    turned = {
        node.of.name
        for node in expression.nodes()
        if isinstance(node, Transposed) and isinstance(node.of, Name)
    }
    values: dict[str, Value] = {}
    for name in expression.reads:
        weights = block(layer.cell, name)
        whole = name in expression.reads_rows
        if weights is not None:  # of x @ U.T one unit reads a row of U, of d_z @ U a column
            values[name] = weights[n] if name in turned or not whole else weights[:, n]
        elif not whole and sentence.has(name):  # which keeps what was computed
            values[name] = float(sentence[name][step, unit])
        else:
            numbers = layer[name][step, sentence.number]
            values[name] = numbers if whole else float(numbers[n])
    return values


def digits_between(a: float, b: float) -> int:
    """Decimals in which the two numbers differ, and one more: two, if they differ by much."""
    apart = abs(a - b)
    if not math.isfinite(apart) or apart == 0:
        return 2
    return min(max(2, 1 + math.ceil(-math.log10(apart))), 15)
