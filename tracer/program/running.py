"""The interpreter: runs a program's plan on given numbers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from tracer.cells.activations import Array
from tracer.equations.expression import Name
from tracer.errors import InputError
from tracer.program.compiled import compiled
from tracer.program.given import Given
from tracer.program.line import Line
from tracer.program.passes import Pass
from tracer.program.planning import plan, with_what_is_handed_back
from tracer.program.seeing import blocks, past_of, places_of, put_back, seen
from tracer.program.stepping import Loop

if TYPE_CHECKING:
    from tracer.program.program import Program

_FAILURES = (ValueError, IndexError, TypeError, KeyError, AttributeError)


def run(
    program: Program,
    given: Mapping[str, Array],
    own: Mapping[str, Array],
    wanted: Collection[str] | None,
    known: Mapping[str, Array] = MappingProxyType({}),
    go_on: Callable[[Mapping[str, Array]], bool] | None = None,
) -> dict[str, Array]:
    """See `Program.run`."""
    if wanted is not None and known and with_what_is_handed_back(program, wanted) <= known.keys():
        running = Running(program, Given(program, given, ()), own, set())
        running.values |= known
        with np.errstate(all="ignore"):
            return running.handed_back(wanted)
    todo = plan(program, given.keys(), wanted)
    running = Running(program, Given(program, given, todo.reads), own, todo.kept)
    running.values |= known
    with np.errstate(all="ignore"):  # a NaN or Inf is a result here, not a warning
        forward, backward = (part.without(known) if known else part for part in todo.passes)
        running.through(forward)
        if go_on is not None:
            lines = program.lines
            came = [n for n in todo.wanted if n not in lines or not lines[n].backward]
            found = running.handed_back(came)
            if not go_on(found):
                return found
        running.through(backward)
        return running.handed_back(todo.wanted)


def values(program: Program, given: Mapping[str, Array]) -> dict[str, Array]:
    """See `Program.values`."""
    todo = plan(program, given.keys(), None)
    running = Running(program, Given(program, given, todo.reads), {}, {*todo.kept, *todo.wanted})
    with np.errstate(all="ignore"):
        for part in todo.passes:
            running.through(part)
    return {name: running.values[name] for name in todo.wanted}


class Running:
    """The values of one run, as they grow.

    Attributes
    ----------
    values : dict
        Every value so far, as later lines read it.
    e : dict
        The same as this pass sees it.
    computed : dict
        What was computed of the names whose values somebody else gave.
    """

    def __init__(
        self, program: Program, given: Given, own: Mapping[str, Array], kept: set[str]
    ) -> None:
        self.program = program
        self.given = given
        self.own = {n: np.asarray(a, np.float64) for n, a in own.items() if n in program.lines}
        self.kept = kept
        self.values: dict[str, Any] = given.values
        self.values |= blocks(program, self.values)
        self.computed: dict[str, Array] = {}
        self.e: dict[str, Any] = self.values
        self.at = ""

    def through(self, part: Pass) -> None:
        """One pass."""
        if not (part.before or part.loop or part.after):
            return
        try:
            self.enter(backward=part.backward)
            for line in (*part.before, *part.slopes.values()):
                self.at_once(line)
            if part.loop:
                Loop(self, part).run()
            for line in part.after:
                self.at_once(line)
        except _FAILURES as error:
            if isinstance(error, InputError):
                raise
            at = self.program.lines.get(self.at)
            equation = f": {self.at} = {at.expression}" if at is not None else ""
            raise InputError(
                f"{self.program.title}{equation} cannot be computed on these arrays: {error}"
            ) from error

    def enter(self, *, backward: bool) -> None:
        """What this pass sees of what there is so far."""
        program = self.program
        expressions = program.seen_backward if backward else program.seen_forward
        past = program.past if backward else {}
        self.e = self.values
        if expressions or past:
            self.e = dict(self.values)
            there = {n: e for n, e in expressions.items() if n in self.values}
            self.e.update(seen(program, self.values, there))
            before = dict(self.e)
            for name, word in past.items():
                if name in before:
                    self.e[name] = past_of(program, name, word, before)

    def keep(self, name: str, value: Any) -> None:
        """A value is there for whoever reads it later."""
        self.e[name] = value
        self.values[name] = value

    def at_once(self, line: Line) -> None:
        """A line for all steps together."""
        self.at = line.name
        e = self.e
        if line.product is not None and all(e[name].ndim == 3 for name in line.product):
            d, rows = e[line.product[0]], e[line.product[1]]
            value = d.reshape(-1, d.shape[-1]).T @ rows.reshape(-1, rows.shape[-1])
        elif line.total:
            value = np.add.reduce(e[line.total], axis=(0, 1))
        else:
            # An update has no axis of steps, and what is of a whole sentence has none either.
            stacked = self.program.carries and (line.axes[:1] == ("T",) or line.steps)
            value = line.of_all_steps(e) if stacked else line.of_a_step(e)
            if line.steps:
                value = _put_together(value, line.steps, self.values)
        value = self.conform(value, line)
        if self.given.ragged and line.axes[:2] == ("T", "N"):
            value = self.past_the_end(line, value)
        if line.name in self.own:
            self.computed[line.name] = value
            value = self.merged(line, value)
        self.keep(line.name, value)

    def past_the_end(self, line: Line, value: Array) -> Array:
        """What is there past a sentence's end: no gradient, and a state that stands still."""
        if not line.backward:
            return self.given.standing(value) if line.name in self.program.carries else value
        if line.name in self.program.stands:
            return value
        return np.where(self.given.active(value.ndim), value, 0)

    def conform(self, value: Any, line: Line) -> Array:
        """The value in the shape that its axes say."""
        shape = self.given.shape(line.axes)
        if isinstance(value, np.ndarray) and value.shape == shape:
            return value
        spread = np.empty(shape)
        spread[...] = value
        return spread

    def merged(self, line: Line, value: Array) -> Array:
        """The other's numbers, as far as they came and as far as the sentences go."""
        own = self.own[line.name]
        if line.axes[:1] == ("T",) and len(own) < len(value):
            own = np.concatenate([own, value[len(own) :]])
        if own.shape != value.shape:
            raise InputError(f"own {line.name} has shape {own.shape}; expected {value.shape}")
        if line.axes[:2] == ("T", "N") and self.given.ragged:
            own = np.where(self.given.active(own.ndim), own, value)
        return own

    def handed_back(self, wanted: Collection[str]) -> dict[str, Array]:
        """What was asked for, as the program hands it back."""
        program = self.program
        found: dict[str, Any] = {
            name: self.computed.get(name, self.values.get(name)) for name in wanted
        }
        if self.given.ragged:
            found = {name: self._cut(name, value) for name, value in found.items()}
        if program.seen_backward:
            self._put_back(found)
        if program.returned:
            e = {**self.values, **found}
            for name, expression in program.returned.items():
                if name in found:
                    now = expression.replaced({"it": Name(name)})
                    stacked = bool(program.carries)
                    found[name] = compiled(now, program.name, (), all_steps=stacked)(e)
        return found

    def _cut(self, name: str, value: Array) -> Array:
        """Past a sentence's end its state stands still, and all else is 0."""
        line = self.program.lines.get(name)
        if line is None or line.axes[:2] != ("T", "N") or name in self.program.stands:
            return value
        return np.where(self.given.active(value.ndim), value, 0)

    def _put_back(self, found: dict[str, Array]) -> None:
        """Gradients of what was read in another order, in the order of what was given."""
        there = [n for n in self.program.given if f"d_{n}" in found and f"d_{n}" in self.values]
        if not there:
            return
        shapes = {n: np.shape(self.values[n]) for n in self.program.given if n in self.values}
        places = places_of(self.program, shapes, self.given.sizes)
        if places is None:
            return
        d = {n: self.computed.get(f"d_{n}", self.values[f"d_{n}"]) for n in there if n in places}
        back = put_back(places, d, adds_up=self.program.adds_up) if d else {}
        back |= blocks(self.program, {**back, "H": self.values.get("H", 0)})
        found.update({f"d_{n}": value for n, value in back.items() if f"d_{n}" in found})


def _put_together(value: Any, steps: str, values: Mapping[str, Any]) -> Any:
    """The values of all steps as one."""
    match steps:
        case "sum":
            return np.add.reduce(value, axis=0)
        case "mean":
            return np.add.reduce(value, axis=0) / values["T"]
        case "first":
            return value[0]
        case "last":
            return value[-1]
        case "without first":
            return np.add.reduce(value[1:], axis=0)
        case "without last":
            return np.add.reduce(value[:-1], axis=0)
    step = steps.removeprefix("step ")
    return value[int(values.get(step, step))]
