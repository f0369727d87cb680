"""A wrong number worked out by hand: its equation with the numbers put in, and what it reads."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from types import SimpleNamespace

from tracer.equations import CellEquations, Quantity
from tracer.grading.comparing import operands
from tracer.grading.report import Difference
from tracer.view.parts.unit import functions, in_letters, in_numbers
from tracer.view.say.numbers import number


def equations(cell: CellEquations, d: Difference, *, unicode: bool = True) -> Iterator[str]:
    """The equation with the numbers put in, then the equations of what it reads.

    Of what those read, in turn, only the sum behind the one that counts most. There are as many
    decimals as the arithmetic needs to tell `d.got` from `d.expected`.

    Examples
    --------
    ``c_2[1] = f * c_prev + i * g = 0.73·(-0.41) + 0.12·0.88 = -0.19``
    """
    usual = {option: choices[0] for option, choices in cell.options.items()}
    called = functions(SimpleNamespace(equations=cell, **usual), unicode=unicode)
    values, digits = {**d.values, d.quantity: d.expected}, _digits(d)
    first = cell[d.quantity]
    reads = [first, *_computed(cell, first, values, called)]
    if d.through in [quantity.name for quantity in reads]:
        reads += _computed(cell, cell[d.through], values, called)
    for quantity in dict.fromkeys(reads):
        letters = in_letters(quantity.equation, called)
        for name in operands(quantity):
            if name in cell and cell[name].level is None and cell[name].equation:
                letters = letters.replace(name, cell[name].symbol)  # z's share reads as U_f x_t
        numbers = in_numbers(quantity.equation, values, called, digits)
        result = number(values[quantity.name], digits)
        step = f"_{d.step + 1}[{d.unit}]" if quantity is first else ""
        yield f"{quantity.name}{step} = {letters} = {numbers} = {result}"


def _computed(
    cell: CellEquations, quantity: Quantity, values: Mapping[str, float], called: Mapping[str, str]
) -> list[Quantity]:
    """What its equation reads and what has an equation itself, the shares of a sum apart."""
    names = [n for n in operands(quantity) if n in cell and n in values and n not in called]
    return [cell[n] for n in names if cell[n].equation and cell[n].level is not None]


def _digits(d: Difference) -> int:
    """Decimals in which the two numbers differ, and one more: two, if they differ by much."""
    apart = abs(d.got - d.expected)
    if not math.isfinite(apart) or apart == 0:
        return 2
    return min(max(2, 1 + math.ceil(-math.log10(apart))), 15)
