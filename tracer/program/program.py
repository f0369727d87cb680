"""A program: lines in the order of computing, and what the loops over steps hand over."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

from tracer.cells.activations import Array
from tracer.equations.expression import Expression
from tracer.errors import UnknownNameError
from tracer.program.compiled import check_functions
from tracer.program.line import Axes, Line
from tracer.program.sequence import sequence_of, still_holds

_NOTHING: Mapping[str, Any] = MappingProxyType({})

KNOWN = frozenset({"T", "N", "D", "H", "K", "count", "t", "first_step", "last_step", "it"})
"""What an equation may read beside the names of its program."""


_PLANNED = frozenset({"carries", "past", "returned"})
"""What a plan hangs on beside the lines."""


class Edit:
    """One thing that is computed otherwise; `tracer.program.edit` has the kinds."""

    def applied(self, program: Program) -> Program:
        """The program with this changed."""
        raise NotImplementedError

    def touches(self, program: Program) -> frozenset[str]:
        """The names whose lines it changes."""
        raise NotImplementedError


@dataclass(frozen=True)
class Carry:
    """What one step of a loop hands to the next.

    Attributes
    ----------
    into : str
        The line that reads it: ``h_prev``, ``d_h_from_next``.
    of : str
        The quantity handed over: ``h``, ``d_h_prev``. It stands still past a sentence's end.
    initial : str
        What the first step of the loop is given: ``h_0``, ``d_h_T``.
    first, then : str
        What is really read at the first step, and later: a name, or ``0``.
    back : int
        How many steps back.
    """

    into: str
    of: str
    initial: str
    first: str
    then: str
    back: int = 1
    backward: bool = False


@dataclass(frozen=True, eq=False)
class Program:
    """The equations of one kind of cell, or of one update, as lines that run.

    Attributes
    ----------
    name, title : str
    given : mapping
        Each name that is given, never computed, and its axes.
    blocks : mapping
        Each block of a parameter, ``U_i``: the parameter and how many blocks stand above it.
    names : mapping
        Every name, given and computed, with its axes in letters.
    lines : mapping
        By name.
    places : mapping
        By name, in computing order, where a line stands in it.
    carries : mapping
        By what is carried: ``h``, ``c``, ``d_h``, ``d_c``.
    gates : tuple of str
    bodies : mapping
        Functions that were given another body, of ``z``.
    seen_forward, seen_backward : mapping
        What a pass reads in the place of what was given.
    past : mapping
        What the backward pass reads in the place of a forward quantity.
    backwards : frozenset
        Which loops run the other way round: ``"forward"``, ``"backward"``.
    runs_on : bool
        Whether the state runs on through the padding.
    beyond : int
        How many steps a sentence goes on after its end: 0, 1, or -1 if it ends one too early.
    adds_up : bool
        Whether the gradient of a parameter is that of what was given, where something else is read
        in its place. Else it is that of what is read, put back only where the order was changed.
    base : Program or None
        The program before its lines were changed, whose plans fit where nothing else was.
    changed : frozenset
        The lines that are others than its.
    returned : mapping
        What is handed back in the place of a quantity; nothing reads it.
    """

    name: str
    title: str
    given: Mapping[str, Axes]
    blocks: Mapping[str, tuple[str, int]]
    names: Mapping[str, Axes]
    lines: Mapping[str, Line]
    places: Mapping[str, int]
    carries: Mapping[str, Carry] = field(default_factory=dict)
    gates: tuple[str, ...] = ()
    bodies: Mapping[str, Expression] = field(default_factory=dict)
    seen_forward: Mapping[str, Expression] = field(default_factory=dict)
    seen_backward: Mapping[str, Expression] = field(default_factory=dict)
    past: Mapping[str, str] = field(default_factory=dict)
    backwards: frozenset[str] = frozenset()
    runs_on: bool = False
    beyond: int = 0
    adds_up: bool = False
    returned: Mapping[str, Expression] = field(default_factory=dict)
    edits: tuple[Edit, ...] = ()
    base: Program | None = field(default=None, repr=False)
    changed: frozenset[str] = frozenset()
    plans: dict[Any, Any] = field(default_factory=dict, repr=False)

    @property
    def sequence(self) -> tuple[str, ...]:
        """The lines, each after what it reads."""
        return tuple(self.places)

    @property
    def order(self) -> tuple[str, ...]:
        """What is computed, in computing order: blocks first, the backward pass as it runs."""
        return (*self.blocks, *self.places)

    @cached_property
    def into(self) -> Mapping[str, Carry]:
        """The carries by the line that reads each."""
        return {carry.into: carry for carry in self.carries.values()}

    @cached_property
    def behind_later_steps(self) -> frozenset[str]:
        """What cannot be computed before a later step: it hangs on what that hands back."""
        found = {carry.into for carry in self.carries.values() if carry.backward}
        for name in self.sequence:
            if not found.isdisjoint(self.lines[name].reads):
                found.add(name)
        return frozenset(found)

    def from_the_end(self, names: Collection[str]) -> frozenset[str]:
        """Which of these are computed from the last step to the first.

        The backward pass is, if a step of it hands something back; a gradient that hangs on its own
        step alone is computed like any other number.
        """
        if self.behind_later_steps.isdisjoint(names):
            return frozenset()
        return frozenset(name for name in names if self.backward(name))

    @property
    def whole(self) -> frozenset[str]:
        """Quantities of whole numbers: the number of an update, and none that is computed."""
        return frozenset(name for name in self.given if name == "t" and not self.given[name])

    def backward(self, name: str) -> bool:
        """Whether it is computed in the backward pass."""
        return name in self.lines and self.lines[name].backward

    @cached_property
    def stands(self) -> frozenset[str]:
        """What is not 0 past a sentence's end: the state, and what counts by its own rule."""
        states = [c for c in self.carries.values() if not c.backward]
        loss = {"loss", "d_loss", "d_probs", "d_logits", "d_h_from_loss"}
        return frozenset(loss).union(*({c.of, c.into} for c in states))

    def equation(self, name: str) -> Expression | None:
        """What stands at a name, of one step; None for what is given, and for a block."""
        if name in self.lines:
            return self.lines[name].expression
        if name in self.names:
            return None
        raise UnknownNameError(f"{self.title} quantity", name, self.names)

    def edited(self, edits: Sequence[Edit]) -> Program:
        """The same program with something changed, edit after edit.

        Raises
        ------
        InputError, UnknownNameError
            If an edit does not fit this program.
        """
        program = self
        for edit in edits:
            program = edit.applied(program)
        return replace(program, edits=(*self.edits, *edits))

    def noted(self, edits: Sequence[Edit]) -> Program:
        """The same program, which says that these edits made it."""
        return replace(self, edits=(*self.edits, *edits))

    def other(self, **changes: Any) -> Program:
        """The same lines with other loops, or with something else read or handed back."""
        if _PLANNED.isdisjoint(changes):
            return replace(self, **changes)
        return replace(self, **changes, base=None, changed=frozenset(), plans={})

    def with_lines(self, lines: Iterable[Line]) -> Program:
        """The same program with other lines in the place of those of their names."""
        other = {line.name: line for line in lines}
        found = {**self.lines, **other}
        places = self.places
        if not all(still_holds(places, line) for line in other.values()):
            places = {name: k for k, name in enumerate(sequence_of(self.title, found))}
        base = self.base if self.changed else self
        changed = self.changed.union(other)
        return replace(self, lines=found, places=places, base=base, changed=changed, plans={})

    def run(
        self,
        given: Mapping[str, Array],
        own: Mapping[str, Array] = _NOTHING,
        wanted: Collection[str] | None = None,
        known: Mapping[str, Array] = _NOTHING,
        go_on: Callable[[Mapping[str, Array]], bool] | None = None,
    ) -> dict[str, Array]:
        """Compute.

        Parameters
        ----------
        given : mapping
            What a program starts from; whatever else is in it is taken as it is, not computed.
        own : mapping
            What somebody else has computed. Such a quantity is computed and handed back as ever;
            but what reads it reads the other's numbers, so that an error is carried forward.
            Fewer steps than T may have come.
        wanted : collection of str
            What is handed back, and what this needs is all that is computed; everything that can
            be computed where it is left out.
        known : mapping
            Some of its `values` on these arrays; these lines are not computed again.
        go_on : callable, optional
            Asked after the forward pass, with what that hands back: whether to go on. Where not,
            nothing of the backward pass is handed back.

        Returns
        -------
        dict of str to array
            In float64, in computing order.

        Raises
        ------
        InputError, UnknownNameError
            If something needed was not given, or the arrays do not fit together.
        """
        from tracer.program.running import run

        return run(self, given, own, wanted, known, go_on)

    def values(self, given: Mapping[str, Array]) -> dict[str, Array]:
        """All that can be computed, as later lines read it; raises as `run`.

        Past a sentence's end that is not what `run` hands back.
        """
        from tracer.program.running import values

        return values(self, given)

    def unlike(self, other: Program) -> frozenset[str] | None:
        """The lines that are others than those of a program that this one was made from.

        None where more is changed than lines and what loops hand over.
        """
        if self.backwards != other.backwards:
            return None
        if (self.runs_on, self.beyond) != (other.runs_on, other.beyond):
            return None
        read = ("past", "seen_forward", "seen_backward")
        if any(getattr(self, name) != getattr(other, name) for name in read):
            return None
        lines = {name for name, line in self.lines.items() if line is not other.lines[name]}
        if self.carries is not other.carries:
            of = other.carries
            lines |= {c.into for name, c in self.carries.items() if c != of[name]}
        return frozenset(lines)


def known(values: Mapping[str, Any], name: str, what: str) -> Any:
    """What has the name, or an `UnknownNameError`."""
    if name not in values:
        raise UnknownNameError(what, name, values)
    return values[name]


def check_names(program: Program, expression: Expression) -> None:
    """Raise an `UnknownNameError` for a name or a function that an equation cannot read."""
    for name in expression.reads:
        if name not in program.names and name not in KNOWN:
            raise UnknownNameError(f"{program.title} quantity", name, program.names)
    check_functions(expression, program.name)
