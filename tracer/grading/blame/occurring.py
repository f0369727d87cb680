"""Every number that occurs in the right computation, to hold a student's own variables against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np

from tracer.cells.activations import Array
from tracer.equations.expression import Call, Expression, Name, Number
from tracer.equations.parsing import parse
from tracer.grading.blame.among import CLOSE, Quantities, each_near, telling
from tracer.grading.blame.computing import Computing, computing_of
from tracer.grading.blame.looping import Looping, looping
from tracer.grading.blame.steps import Steps, steps_of
from tracer.grading.comparing import same
from tracer.program import Edit, Program
from tracer.program.compiled import compiled
from tracer.program.edit import Returned
from tracer.program.line import Line

MOST = 400_000
"""Numbers that are kept."""

MOST_TERMS = 4

_OF_SCORES = {"softmax", "cross_entropy"}

_FAILURES = (ValueError, IndexError, TypeError, KeyError)


@dataclass(frozen=True, slots=True)
class Right:
    """The right computation, in numbers.

    Attributes
    ----------
    known : array
        Each number once, sorted: of every quantity, of every part of an equation, and of what
        people compute on the way to one.
    partial : array
        Sums of only some of the terms of an equation, sorted: right where the sum goes on.
    quantities : Quantities
        The right value of each quantity, for a variable that has a quantity's name.
    steps : Steps or None
        Of a sequence, what each step is given and makes.
    lines : mapping of str to Line
        The equations, by the quantity that each computes.
    wholes : mapping of int to sequence of array
        The arrays of which `known` has the numbers, each sorted, by how many numbers it has.
    computing : Computing or None
        The equations, with every value; None where a reference says what is right.
    """

    known: Array
    partial: Array = field(default_factory=lambda: np.zeros(0))
    quantities: Quantities = field(default_factory=Quantities)
    steps: Steps | None = None
    lines: Mapping[str, Line] = field(default_factory=dict)
    wholes: Mapping[int, Sequence[Array]] = field(default_factory=dict)
    computing: Computing | None = None

    def is_whole(self, numbers: Array) -> bool:
        """Whether these are all numbers of a quantity, of a part of an equation, or of a way."""
        own = np.sort(numbers)
        return any(np.allclose(own, array, CLOSE, CLOSE) for array in self.wholes.get(own.size, ()))


@dataclass(frozen=True, slots=True)
class Mistaken:
    """What a computation with a mistake has, and the right one has not.

    Attributes
    ----------
    numbers : array
        Of its quantities and of every part of its equations, those that are not known, sorted.
    quantities : Quantities
        The values of the quantities that are not the right ones.
    loop : Looping
        What its loop over the steps does otherwise.
    returned : bool
        Whether nothing is wrong but what is handed back.
    follow : set of str
        Those of its quantities that are not the right ones for they read another one of them.
    wholes : mapping of int to sequence of array
        The parts of its equations, each sorted, by how many numbers it has.
    """

    numbers: Array
    quantities: Quantities
    loop: Looping = field(default_factory=Looping)
    returned: bool = False
    follow: frozenset[str] = frozenset()
    wholes: Mapping[int, Sequence[Array]] = field(default_factory=dict)


def right_numbers(
    program: Program, given: Mapping[str, Array], own: Mapping[str, Array], others: Iterable[Array]
) -> Right:
    """The right computation, in numbers.

    Parameters
    ----------
    program : Program
    given : mapping
        What the program starts from.
    own : mapping
        What the student's functions returned before: what follows from it is right, too.
    others : iterable of array
        Whatever else the student was given.
    """
    quantities, read = _run(program, given, own)
    parts = [*_all_parts(program, read), *_other_ways(program, read)]
    sums = [s for line in program.lines.values() for s in _partial_sums(program, line, read)]
    arrays = [np.asarray(a, np.float64) for a in (*read.values(), *others, *parts)]
    return Right(
        sorted_with_ways(arrays),
        np.unique(np.concatenate([np.ravel(s) for s in sums])) if sums else np.zeros(0),
        Quantities(quantities),
        steps_of(program, given, quantities),
        program.lines,
        by_size(arrays),
        computing_of(program, given, {**read, **_sizes(program, read)}),
    )


def by_size(arrays: Iterable[Array]) -> dict[int, list[Array]]:
    """The arrays sorted, by how many numbers each has."""
    found: dict[int, list[Array]] = {}
    for array in arrays:
        found.setdefault(array.size, []).append(np.sort(array, axis=None))
    return found


def mistaken_numbers(
    program: Program, edits: Sequence[Edit], given: Mapping[str, Array],
    own: Mapping[str, Array], right: Right,
) -> Mistaken:  # fmt: skip
    """What the program with a mistake in it has beside the right one; the rest as above."""
    wrong = program.edited(edits)
    quantities, read = _run(wrong, given, own)
    parts = _all_parts(wrong, read)
    found = np.concatenate([np.ravel(a) for a in (*quantities.values(), *parts)])
    found = telling(found[np.isfinite(found)])
    found = np.unique(np.concatenate([found, -found]))  # one may well keep -log p until the end
    others = {
        name: array
        for name, array in quantities.items()
        if name in right.quantities and not same(array, right.quantities[name])
    }
    lines = {name: wrong.lines[name] for name in others if name in wrong.lines}
    return Mistaken(
        found[~each_near(found, right.known)][:MOST],
        Quantities(others),
        looping(program, wrong, given, right.quantities, quantities),
        all(isinstance(edit, Returned) for edit in edits),
        frozenset(name for name, line in lines.items() if others.keys() & set(line.reads)),
        by_size(parts),
    )


def _run(
    program: Program, given: Mapping[str, Array], own: Mapping[str, Array]
) -> tuple[dict[str, Array], dict[str, Any]]:
    """Each quantity, and all that the equations read: what came where it came, and the sizes."""
    quantities = program.run(given, own)
    read: dict[str, Any] = {**given, **quantities}
    for name, array in own.items():  # as many steps as came, and then those that follow
        read[name] = np.array(quantities[name], np.float64)
        read[name][: len(array)] = array
    return quantities, read


def _sizes(program: Program, read: Mapping[str, Any]) -> dict[str, int]:
    """What T, N and H are."""
    return {
        size: np.shape(read[name])[axes.index(size)]
        for name, axes in program.names.items()
        for size in axes
        if name in read and np.ndim(read[name]) == len(axes)
    }


def _all_parts(program: Program, read: Mapping[str, Any]) -> list[Array]:
    """The value of each part of each equation."""
    every = {**read, **_sizes(program, read)}
    return [part for line in program.lines.values() for part in _parts(program, line, every)]


_WAYS = {
    # Kingma and Ba, section 2: both corrections in the step size.
    "adam": (
        "sqrt(1 - beta2 ** t)", "sqrt(1 - beta2 ** t) / (1 - beta1 ** t)",
        "learning_rate * sqrt(1 - beta2 ** t)",
        "learning_rate * sqrt(1 - beta2 ** t) / (1 - beta1 ** t)",
        "epsilon * sqrt(1 - beta2 ** t)", "sqrt(v_new)",
        "sqrt(v_new) + epsilon * sqrt(1 - beta2 ** t)", "d * d", "learning_rate * m_hat",
    ),
    "clip": ("max_norm / norm",),
}  # fmt: skip
"""What people compute that no equation of the list has, by the program."""


def _other_ways(program: Program, read: Mapping[str, Any]) -> list[Array]:
    """The values of other ways to write the equations."""
    line = next(iter(program.lines.values()))
    texts = _WAYS.get(program.name, ())
    return [v for text in texts for v in _value(line, parse(text), read, all_steps=False)]


def _parts(program: Program, line: Line, read: Mapping[str, Any]) -> Iterator[Array]:
    """The value of each part of an equation; of what is put together, step by step as well."""
    nodes = list(_whole_parts(line.expression))
    if not line.steps:
        for node in nodes:
            yield from _value(line, node, read, all_steps=bool(program.carries))
        return
    contributions = []
    for t in range(int(read.get("T", 0))):
        of_step = {
            name: value[t] if program.names.get(name, ("",))[:1] == ("T",) else value
            for name, value in read.items()
        }
        for node in nodes:
            found = list(_value(line, node, of_step, all_steps=False))
            yield from found
            if node is line.expression:
                contributions += found
    if contributions and len({np.shape(c) for c in contributions}) == 1:
        yield np.cumsum(contributions, axis=0)
        yield np.cumsum(contributions[::-1], axis=0)


def _partial_sums(program: Program, line: Line, read: Mapping[str, Any]) -> Iterator[Array]:
    """The sums of some terms of an equation, and not of all, as a sum grows line by line."""
    terms = line.expression.terms
    if line.steps or not 2 < len(terms) <= MOST_TERMS:
        return
    every = bool(program.carries)
    values = [list(_value(line, term, read, all_steps=every)) for term in terms]
    if all(values):
        for n in range(2, len(terms)):
            for some in combinations(values, n):
                yield np.asarray(sum(value[0] for value in some), np.float64)


def _whole_parts(node: Expression) -> Iterator[Expression]:
    """An expression and its parts; not the sum of only some of its terms, which lacks the rest."""
    if isinstance(node, (Name, Number)):
        return
    yield node
    for part in node.terms if len(node.terms) > 1 else node.parts:
        yield from _whole_parts(part)


def _value(line: Line, node: Any, read: Mapping[str, Any], *, all_steps: bool) -> Iterator[Array]:
    try:
        with np.errstate(all="ignore"):
            value = compiled(node, line.cell, line.bodies, all_steps=all_steps)(read)
        yield np.asarray(value, np.float64)
        if isinstance(node, Call) and node.function in _OF_SCORES:
            scores = compiled(node.arguments[0], line.cell, line.bodies, all_steps=all_steps)(read)
            yield from _inside_softmax(np.asarray(scores, np.float64))
    except _FAILURES:
        return  # it reads what was not given


def _inside_softmax(scores: Array) -> Iterator[Array]:
    """What is computed on the way from scores to probabilities and to their logarithm."""
    with np.errstate(all="ignore"):
        for shifted in (scores, scores - scores.max(axis=-1, keepdims=True)):
            e = np.exp(shifted)
            sums = e.sum(axis=-1, keepdims=True)
            yield from (shifted, e, sums, np.log(sums), np.log(e / sums), -np.log(e / sums))


def sorted_with_ways(arrays: Sequence[Array]) -> Array:
    """Each number of these arrays once, and what is computed of one on the way to σ or tanh.

    A way that leads to something right needs no excuse, but these lead to what may be wrong, and
    it is the line behind them that makes it so.
    """
    flat = [np.asarray(a, np.float64).ravel() for a in arrays]
    q = np.unique(np.concatenate(flat))
    q = q[np.isfinite(q)][:MOST]
    with np.errstate(all="ignore"):
        e, half = np.exp(q), np.tanh(q / 2)
        ways = (
            q, q / 2, half, 1 + half,
            e, 1 / e, 1 + e, 1 + 1 / e, e * e, 1 + e * e, e - 1 / e, e + 1 / e,
        )  # fmt: skip
        known: Array = np.unique(np.concatenate(ways))
    found: Array = known[np.isfinite(known)]
    return found
