"""The right computation, to be gone on with from a value that somebody puts into it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from tracer.cells.activations import Array
from tracer.equations.expression import Expression, Name
from tracer.equations.parsing import parse
from tracer.grading.blame.among import CLOSE, alike
from tracer.program import Program
from tracer.program.compiled import compiled
from tracer.program.line import Line

_FAILURES = (ValueError, IndexError, TypeError, KeyError)

_TOGETHER = (
    ("z", "beside(z_i, z_f, z_g, z_o)", ""),
    ("d_z", "beside(d_z_i, d_z_f, d_z_g, d_z_o)", ""),
    ("d_x", "d_z @ U", ""),
    ("d_h_prev", "d_z @ W", ""),
    ("d_U", "d_z.T @ x", "sum"),
    ("d_W", "d_z.T @ h_prev", "sum"),
    ("d_a", "sum_N(d_z)", "sum"),
)
"""The gates of an LSTM computed together, as most people do, and what comes of that."""

_OF_STEPS: Mapping[str, Callable[[Array], Array]] = {
    "": lambda whole: whole,
    "sum": lambda whole: whole.sum(axis=0),
    "first": lambda whole: whole[0],
    "last": lambda whole: whole[-1],
}
"""How the values of all steps become that of a quantity."""


class Made(NamedTuple):
    """What comes of a value that is put in the place of another one.

    Attributes
    ----------
    numbers : array
    same : bool
        Whether the same comes of the right value.
    """

    numbers: Array
    same: bool = False


@dataclass(frozen=True)
class Computing:
    """Every value of the right computation, and its lines.

    Attributes
    ----------
    lines : sequence of Line
    values : mapping
        Each quantity, what was given, and the sizes; with the axis of steps where there is one.
    axes : mapping of str to tuple of str
    given : mapping
        What was given.
    handed_on : mapping of str to str
        What one step makes for the next one, by what that one calls it: ``d_h_prev``, by
        ``d_h_from_next``.
    """

    lines: Sequence[Line]
    values: Mapping[str, Any]
    axes: Mapping[str, tuple[str, ...]]
    given: Mapping[str, Array]
    handed_on: Mapping[str, str]

    @cached_property
    def names(self) -> list[str]:
        """The quantities that a value may stand for."""
        return list(dict.fromkeys(line.name for line in self.lines if line.name in self.values))

    def _steps(self, name: str) -> bool:
        return self.axes.get(name, ())[:1] == ("T",)

    def right(self, name: str) -> Array:
        """The values of a quantity."""
        return np.asarray(self.values[name], np.float64)

    def put(self, name: str, numbers: Array) -> Array | None:
        """Numbers in the shape of a quantity, of all steps or of one; None where they do not fit.

        As those of one step they have one axis less; or of one row, where there are no steps.
        """
        right = self.right(name)
        if numbers.size == right.size:
            return numbers.reshape(right.shape)
        by_rows = self._steps(name) or ("T" not in self.values and right.ndim == 2)
        if by_rows and len(right) and numbers.size == right[0].size:
            return numbers.reshape(right.shape[1:])
        return None

    def is_right(self, name: str, numbers: Array) -> bool:
        """Whether these are the numbers of a quantity, of all steps or of some step."""
        return holds(self.right(name), numbers)

    def is_term(self, name: str) -> bool:
        """Whether some equation adds something to a quantity."""
        nodes = (node for line in self.lines for node in _nodes(line.expression))
        return any(len(node.terms) > 1 and Name(name) in node.terms for node in nodes)

    def at_once(self, name: str, value: Array) -> Iterator[Made]:
        """What the lines that read a quantity, and parts of them, make of a value in its place."""
        values = self._with(name, value)
        for line in self.lines:
            if name in line.reads:
                yield from self._of_line(line, values, {name}, name, value)

    def in_the_end(self, name: str, value: Array, asked: Collection[str]) -> Iterator[Made]:
        """What all lines make that compute something of it, one after the other.

        Of what is `asked`, if something is; else of every quantity, and of parts of its equation.
        """
        values, changed = self._with(name, value), {name}
        for line in self.lines:
            if changed.isdisjoint(line.reads) or line.name == name:
                continue
            whole = self._value(line, line.expression, values)
            if whole is None or line.steps not in _OF_STEPS:
                continue
            if not asked or line.name in asked:
                yield from self._of_line(line, values, changed, name, value)
            values[line.name] = _OF_STEPS[line.steps](whole)
            changed.add(line.name)

    def _with(self, name: str, value: Array) -> dict[str, Any]:
        right = self.right(name)
        return {**self.values, name: np.broadcast_to(value, right.shape)}

    def _of_line(
        self, line: Line, values: Mapping[str, Any], changed: Collection[str], name: str,
        value: Array,
    ) -> Iterator[Made]:  # fmt: skip
        """What a line, and each part of it that reads what has changed, gives at each step."""
        right = self.right(name)
        steps = range(len(right)) if right.ndim > value.ndim else None
        for node in (line.expression, *line.expression.parts):
            if isinstance(node, Name) or not set(changed) & set(node.reads):
                continue
            whole = self._value(line, node, values)
            own = self._value(line, node, self.values)
            if whole is None or own is None:
                continue
            if steps is None:
                yield Made(whole, alike(own, whole))
                if line.steps in _OF_STEPS and node is line.expression and line.steps:
                    put = _OF_STEPS[line.steps]
                    yield Made(put(whole), alike(put(own), put(whole)))
            elif whole.ndim and len(whole) == len(right):
                for t in steps:
                    yield Made(whole[t], alike(right[t], value) or alike(own[t], whole[t]))

    def _value(self, line: Line, node: Any, values: Mapping[str, Any]) -> Array | None:
        try:
            with np.errstate(all="ignore"):
                all_steps = "T" in self.values
                value = compiled(node, line.cell, line.bodies, all_steps=all_steps)(values)
            return np.asarray(value, np.float64)
        except _FAILURES:
            return None


def _nodes(expression: Expression) -> Iterator[Expression]:
    """An expression and all parts of it."""
    yield expression
    for part in expression.parts:
        yield from _nodes(part)


def holds(array: Array, numbers: Array) -> bool:
    """Whether these are the numbers of an array, or those at one place of its first axis."""
    whole = array.size == numbers.size
    if not numbers.size or not (whole or (array.ndim and len(array) * numbers.size == array.size)):
        return False
    apart = np.abs(array.reshape(-1, numbers.size) - numbers.ravel())
    close = apart <= CLOSE * np.maximum(1.0, np.abs(numbers.ravel()))
    return bool(close.all(axis=1).any())


def computing_of(
    program: Program, given: Mapping[str, Array], read: Mapping[str, Any]
) -> Computing:
    """That of a program: `read` are all values, with those that were given and the sizes."""
    values, axes, lines = dict(read), dict(program.names), []
    for line in program.lines.values():
        lines += [line] if line.name in read else []
        for name, text, steps in _TOGETHER if line.name in ("z_o", "d_z_o") else ():
            whole = Line(name, axes.get(name, ("T", "N", "4H")), parse(text), steps=steps)
            if all(quantity in values for quantity in whole.reads):
                lines.append(whole)
                axes[name] = whole.axes
                if name not in values:
                    parts = [values[quantity] for quantity in whole.reads]
                    values[name] = np.concatenate(parts, axis=-1)
    handed_on = {carry.into: carry.of for carry in program.carries.values()}
    return Computing(lines, values, axes, given, handed_on)
