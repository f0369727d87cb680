"""Edits that nobody wrote down: each line with one thing in it changed.

Where no mistake of a list gives somebody's numbers, one of these may, and their line can be quoted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from tracer.equations.expression import (
    Binary,
    Call,
    Expression,
    Name,
    Negative,
    Number,
    Sign,
    Transposed,
)
from tracer.program.edit_lines import Change
from tracer.program.line import Line
from tracer.program.program import Program

_SIGNS: tuple[Sign, ...] = ("+", "-", "*")


def generated(program: Program, names: Iterable[str]) -> Iterator[Change]:
    """Every line of `names` with one thing changed, each change once.

    Another operand of the same axes, another sign, a part left out, another function, the whole
    turned negative or squeezed. What would be computed from itself is left out.
    """
    for name in names:
        line = program.lines[name]
        seen = {str(line.expression)}
        for expression in _changed(program, line):
            text = str(expression)
            if text not in seen:
                seen.add(text)
                yield Change(name, expression)


def _changed(program: Program, line: Line) -> Iterator[Expression]:
    """The line's expression with one thing changed."""
    whole = line.expression
    yield Negative(whole)
    squeezing = [function for function in _functions(program) if not function.startswith("d")]
    if line.axes == ("T", "N", "H"):
        yield from (Call(function, (whole,)) for function in squeezing)
    yield from _somewhere(whole, lambda node: _instead(program, line, node))


def _somewhere(
    whole: Expression, instead: Callable[[Expression], Iterator[Expression]]
) -> Iterator[Expression]:
    """The whole with one of its parts exchanged, for each part and each thing instead of it."""
    yield from instead(whole)
    for k, part in enumerate(whole.parts):
        for other in _somewhere(part, instead):
            yield _with_part(whole, k, other)


def _with_part(whole: Expression, k: int, part: Expression) -> Expression:
    match whole:
        case Transposed():
            return Transposed(part)
        case Negative():
            return Negative(part)
        case Binary(sign, left, right):
            return Binary(sign, right=right, left=part) if k == 0 else Binary(sign, left, part)
        case Call(function, arguments):
            return Call(function, (*arguments[:k], part, *arguments[k + 1 :]))
    raise AssertionError(whole)


def _instead(program: Program, line: Line, node: Expression) -> Iterator[Expression]:
    """What may stand in the place of a part."""
    match node:
        case Name(name):
            yield from map(Name, _like(program, line, name))
        case Binary("+" | "-" | "*" | "/" as sign, left, right):
            yield from (Binary(other, left, right) for other in _SIGNS if other != sign)
            if sign in "-/":
                yield Binary(sign, right, left)
            yield left
            yield right
        case Call(function, (of,)) if function in _functions(program):
            yield of
            yield from (Call(other, (of,)) for other in _functions(program) if other != function)
            yield from _slopes(of)
        case Transposed(of):
            yield of
        case Number(1):
            yield Number(0)


def _slopes(of: Expression) -> Iterator[Expression]:
    """Slopes as they are written by hand, of what is squeezed already, or not yet."""
    yield Binary("-", Number(1), Binary("**", of, Number(2)))
    yield Binary("*", of, Binary("-", Number(1), of))


def _functions(program: Program) -> tuple[str, ...]:
    """The functions that the program's lines call, of one argument and of the same axes."""
    called = {f for line in program.lines.values() for f in line.expression.functions}
    return tuple(f for f in ("σ", "tanh", "f", "dσ", "dtanh", "df") if f in called)


def _like(program: Program, line: Line, name: str) -> Iterator[str]:
    """Other names of the same axes that are computed before the line, parts of sums left out."""
    axes = program.names.get(name)
    here = program.places[line.name]
    part_of_sum = "_from_" in name
    for other, its in program.names.items():
        if other == name or its != axes or other == line.name:
            continue
        if ("_from_" in other) is not part_of_sum and other not in {
            "d_h_from_next",
            "d_c_from_next",
        }:
            continue
        place = program.places.get(other, -1)
        gradient = other.startswith("d_")
        if place < here and (line.backward or not gradient):
            yield other
