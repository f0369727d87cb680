"""An expected number that adds up over steps and sentences, worked out: d_U, d_a, a loss."""

from __future__ import annotations

import numpy as np

from tracer.equations.expression import Binary, Call, Name, Number
from tracer.grading.report import Array, Difference
from tracer.program import Program
from tracer.view.parts.step.worked import Worked
from tracer.view.say.arithmetic import arithmetic, comes_out, sum_of
from tracer.view.say.numbers import number
from tracer.view.say.own_words import OwnWords

CLOSE = 1e-6
"""How near the sum comes to the expected number, as a share of it; or nothing is shown."""


def added_up(
    program: Program, d: Difference, place: str, digits: int, words: OwnWords
) -> Worked | None:
    """The sum, term by term; None of what is none, or where it does not give the number.

    A term that is 0, as those past a sentence's end are, is left out.

    Parameters
    ----------
    program : Program
    d : Difference
    place : str
        What stands to the left.
    digits : int
    words : OwnWords
    """
    if d.step is not None:
        return None
    found = _averaged(program, d) or _of_parameter(program, d)
    if found is None:
        return None
    names, rows, by = found
    there = np.all([row != 0 for row in rows], axis=0)
    rows = [row[there] for row in rows]
    if not there.any():
        return None
    total = float(np.prod(rows, axis=0).sum() / by)
    if not abs(total - d.expected_number) <= CLOSE * max(abs(d.expected_number), CLOSE):
        return None
    numbers = sum_of(rows)
    letters = f"sum({' * '.join(map(words.name, names))})"
    if by > 1:
        numbers, letters = Binary("/", numbers, Number(by)), f"{letters} / N"
    result = number(d.expected_number, digits)
    exact = comes_out(numbers, result, {}, digits)
    return Worked(place, letters, arithmetic(numbers, digits), result, exact)


def _averaged(program: Program, d: Difference) -> tuple[list[str], list[Array], int] | None:
    """What is averaged over the batch, then added up over the steps: the loss."""
    line = program.lines[d.quantity]
    match line.expression:
        case Call("mean_N", (Name(name),)) if line.steps == "sum" and name in d.values:
            array = d.values[name]
            return [name], [array.ravel()], array.shape[-1]
    return None


def _of_parameter(program: Program, d: Difference) -> tuple[list[str], list[Array], int] | None:
    """What a parameter's gradient adds up, at the place of the number."""
    line, at = program.lines[d.quantity], d.at
    match line.expression:
        case Call("below", blocks) if all(isinstance(block, Name) for block in blocks):
            size = len(d.expected) // len(blocks)
            block = blocks[at[0] // size]
            assert isinstance(block, Name)
            line, at = program.lines[block.name], (at[0] % size, *at[1:])
    names = [line.total] if line.total else list(line.product or ())
    if line.steps != "sum" or len(names) != len(at) or not set(names) <= d.values.keys():
        return None
    rows = [d.values[name][..., place].ravel() for name, place in zip(names, at, strict=True)]
    return (names, rows, 1) if len({row.size for row in rows}) == 1 else None
