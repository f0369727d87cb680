"""A quick look at what an edit does at the first step that is wrong, before it is run for real.

Up to that step everything is right, so the state that it begins with is known. Only the lines that
an edit changes, and those that read them, are computed anew, for that step alone: some twenty
microseconds, where a run takes a hundred times as long. Hardly any edit passes, and those that do
are run.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array
from tracer.equations.expression import Expression, Name
from tracer.mistakes.blocks import Blocks
from tracer.program import Program
from tracer.program.compiled import Compiled, compiled
from tracer.program.functions import ACROSS_STEPS
from tracer.program.given import Given
from tracer.program.line import STOOD, Line
from tracer.program.seeing import blocks, past_of, seen


@dataclass(frozen=True, slots=True)
class Target:
    """What came back of one block at the step that is looked at.

    `rows` are the sentences that have such a step, or the rows of its gate. `reads` is what the
    numbers are made of where something else is handed back: else the quantity itself.
    """

    name: str
    got: Array
    allowed: float
    rows: npt.NDArray[np.bool_] | slice | None
    wrong: bool
    first: float = math.nan
    reads: tuple[str, ...] = ()
    made: Compiled | None = None

    def is_met(self, value: Any) -> bool:
        """Whether the quantity with this value has what came back."""
        got = self.got
        if self.rows is not None:
            if np.ndim(value) != got.ndim:
                return False
            value = value[self.rows]
        if np.shape(value) != got.shape:
            return False
        if got.size and abs(value.item(0) - self.first) > self.allowed:
            return False  # the first number ends most comparisons
        off = np.abs(value - got)
        if not (off <= self.allowed).all():
            same = (off <= self.allowed) | ~(np.isfinite(value) | np.isfinite(got))
            return bool(same.all())
        return True


_ALWAYS_READ = ("t", "first_step", "last_step", "mask", "count")
"""What an edit may read though the right program does not."""

_NO_LINES = (
    "carries", "seen_forward", "seen_backward", "past", "returned", "backwards", "runs_on",
    "beyond",
)  # fmt: skip
"""What else an edit may change in a program."""

Changed = Mapping[str, Line]
"""The lines that an edit changes, by name."""
_NONE: Mapping[str, tuple[Target, ...]] = MappingProxyType({})


def changed_lines(base: Program, edited: Program) -> Changed | None:
    """What an edit changes, where it changes nothing but lines; None for any other edit."""
    for field in _NO_LINES:
        if getattr(base, field) != getattr(edited, field):
            return None
    found = {n: line for n, line in edited.lines.items() if line is not base.lines[n]}
    if any(line.steps != base.lines[n].steps for n, line in found.items()):
        return None  # how steps are put together shows in no step
    if any(not ACROSS_STEPS.isdisjoint(line.expression.functions) for line in found.values()):
        return None
    return found


class Screen:
    """The first step of one run at which the numbers part.

    Parameters
    ----------
    program : Program
        With the edits that are known already.
    of : Blocks
    numbers : mapping
        All that this program computes on the run.
    handed_back : mapping, optional
        What it hands back, where that is something else.
    at : tuple of int and bool, optional
        Another step to look at, and whether in the backward pass.
    """

    def __init__(
        self, program: Program, of: Blocks, numbers: Mapping[str, Array],
        handed_back: Mapping[str, Array] | None = None, at: tuple[int, bool] | None = None,
    ) -> None:  # fmt: skip
        handed_back = numbers if handed_back is None else handed_back
        self.program = program
        self.of = of
        self.numbers = numbers
        self.given = Given(program, of.run.given, _ALWAYS_READ)
        marks = of.equal(handed_back)
        self.step, self.backward = at or _first_wrong(program, of, marks)
        self.targets = self._targets(marks)
        self.wrong = tuple(target for target in self.targets if target.wrong)

    @property
    def steps(self) -> int:
        """How many steps the run has; 1 of what has none."""
        return self.given.sizes.get("T", 1)

    def sees(self, changed: Changed) -> bool:
        """Whether this step tells what such a change does.

        A change in the forward pass is felt in every step of it, before a backward pass begins;
        and what is only handed on to the next step is not seen at its own.
        """
        if not self.wrong or not changed.keys() <= self.needed:
            return False
        if self.across and not self.across.isdisjoint(self.reached(frozenset(changed))):
            return False
        alone = self.step is None or self.steps == 1
        return alone or not self.backward or all(line.backward for line in changed.values())

    def _targets(self, marks: npt.NDArray[np.bool_]) -> tuple[Target, ...]:
        """What came at that step; of an update, or of one step alone, all that came."""
        whole = self.step is None or self.steps == 1
        lines, axes = self.program.lines, self.program.names
        found = []
        for block, limit, right in zip(self.of.listed, self.of.limits, marks, strict=True):
            name, got = block.name, np.asarray(self.of.run.came[block.name], dtype=np.float64)
            if name not in lines or not (whole or block.step == self.step):
                continue
            back = self.program.returned.get(name)
            if back is not None and not ACROSS_STEPS.isdisjoint(back.functions):
                continue  # it shows in no step
            if not whole and lines[name].backward is not self.backward:
                continue
            rows: npt.NDArray[np.bool_] | slice | None = None
            if block.step is not None:
                got = got[block.step]
                if self.given.ragged and axes[name][1:2] == ("N",):
                    assert self.given.lengths is not None
                    rows = block.step < self.given.lengths
            elif block.gate is not None:
                H = self.given.sizes["H"]
                rows = slice(block.gate * H, (block.gate + 1) * H)
            cut = got if rows is None else got[rows]
            found.append(
                Target(
                    name,
                    cut,
                    float(limit),
                    rows,
                    not right,
                    cut.item(0) if cut.size else 0.0,
                    *self._handed_back(name, back),
                )
            )
        order = {name: n for n, name in enumerate(self.program.order)}
        return tuple(sorted(found, key=lambda target: order[target.name]))

    def _handed_back(
        self, name: str, back: Expression | None
    ) -> tuple[tuple[str, ...], Compiled | None]:
        """What a name is made of, and how, where something else is handed back for it."""
        if back is None:
            return (name,), None
        now = back.replaced({STOOD: Name(name)})
        return now.reads, compiled(now, self.program.name, (), all_steps=False)

    def value_of(self, target: Target, new: Mapping[str, Any]) -> Any:
        """What comes back with new values; None where they leave it as it is."""
        if target.made is None:
            return new.get(target.name)
        if not any(name in new for name in target.reads):
            return None
        try:
            return target.made({**self._handed_back_of, **new})
        except (ValueError, IndexError, TypeError, KeyError, ArithmeticError):
            return math.nan

    @cached_property
    def _handed_back_of(self) -> dict[str, Any]:
        """All values of this step, of both passes."""
        return {**self.forward_values, **self.backward_values}

    @cached_property
    def forward_values(self) -> dict[str, Any]:
        """What the forward pass reads at this step, by name."""
        values = {**self.given.values, **blocks(self.program, self.given.values)}
        seen_now = {n: e for n, e in self.program.seen_forward.items() if n in values}
        e = {**values, **self.numbers}
        e.update(seen(self.program, values, seen_now) if seen_now else {})
        return self._at_step(e)

    @cached_property
    def backward_values(self) -> dict[str, Any]:
        """What the backward pass reads at this step, by name."""
        program = self.program
        values = {**self.given.values, **blocks(program, self.given.values)}
        e = {**values, **self.numbers}
        seen_now = {n: x for n, x in program.seen_backward.items() if n in values}
        e.update(seen(program, values, seen_now) if seen_now else {})
        before = dict(e)
        for name, word in program.past.items():
            if name in before:
                e[name] = past_of(program, name, word, before)
        return self._at_step(e)

    def _at_step(self, e: Mapping[str, Any]) -> dict[str, Any]:
        if self.step is None:
            return dict(e)
        axes, t, T = self.program.names, self.step, self.given.sizes["T"]
        cut = {n: v[t] if axes.get(n, ())[:1] == ("T",) and np.ndim(v) else v for n, v in e.items()}
        return cut | {"t": t, "first_step": t == 0, "last_step": t == T - 1}

    @cached_property
    def readers(self) -> Mapping[str, tuple[str, ...]]:
        """Of each name, the lines of a step that read it."""
        found: dict[str, list[str]] = {}
        for line in self.program.lines.values():
            for read in line.reads:
                found.setdefault(read, []).append(line.name)
        return {name: tuple(lines) for name, lines in found.items()}

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Where each line stands in the order of computing."""
        return {name: n for n, name in enumerate(self.program.order)}

    @cached_property
    def across(self) -> frozenset[str]:
        """The lines that look at all steps at once: no step by itself tells what they give."""
        return frozenset(
            name
            for name in self.needed
            if not ACROSS_STEPS.isdisjoint(self.program.lines[name].expression.functions)
        )

    @cached_property
    def into(self) -> frozenset[str]:
        """What the loops hand over; at this step it is known."""
        return frozenset(carry.into for carry in self.program.carries.values())

    def reached(self, names: frozenset[str]) -> tuple[str, ...]:
        """What has to be computed anew, in order, where those lines change."""
        found = self._reached.get(names)
        if found is None:
            seen_: set[str] = set()
            waiting = [name for name in names if name in self.numbers or name in self.needed]
            while waiting:
                name = waiting.pop()
                if name in seen_ or name not in self.needed:
                    continue
                seen_.add(name)
                waiting += [r for r in self.readers.get(name, ()) if r not in self.into]
            found = self._reached[names] = tuple(sorted(seen_, key=self.place.__getitem__))
        return found

    @cached_property
    def _reached(self) -> dict[frozenset[str], tuple[str, ...]]:
        return {}

    @cached_property
    def needed(self) -> frozenset[str]:
        """The lines behind what is looked at."""
        found: set[str] = set()
        waiting = [name for target in self.targets for name in target.reads]
        while waiting:
            name = waiting.pop()
            if name in found or name not in self.program.lines or name in self.of.run.given:
                continue
            found.add(name)
            if name not in self.into:
                waiting += self.program.lines[name].reads
        return frozenset(found)

    @cached_property
    def by_name(self) -> Mapping[str, tuple[Target, ...]]:
        """What came of each line that is handed back as it is."""
        found: dict[str, list[Target]] = {}
        for target in self.targets:
            if target.made is None:
                found.setdefault(target.name, []).append(target)
        return {name: tuple(targets) for name, targets in found.items()}

    @cached_property
    def right_by_name(self) -> Mapping[str, tuple[Target, ...]]:
        """Those of them that are right."""
        return {n: tuple(t for t in targets if not t.wrong) for n, targets in self.by_name.items()}

    def values(
        self, changed: Changed, start: Mapping[str, Any] | None = None, until: str = "",
        names: Iterable[str] | None = None, met: Mapping[str, tuple[Target, ...]] = _NONE,
    ) -> dict[str, Any] | None:  # fmt: skip
        """What is computed anew with those lines; None where it cannot be computed.

        `start` are values that are taken as they are, `names` what is then computed, in order;
        nothing after the line `until` is. The first line that does not give what it has to meet
        ends it with None.
        """
        new: dict[str, Any] = dict(start or {})
        lines = self.program.lines
        one, other = {**self.forward_values, **new}, None
        for name in self.reached(frozenset(changed)) if names is None else names:
            line = changed.get(name, lines[name])
            if line.backward and other is None:
                other = {**self.backward_values, **new}
            e = other if other is not None and line.backward else one
            if "it" in line.reads:
                e["it"] = e.get(name)
            try:
                value = line.of_a_step(e)
            except (ValueError, IndexError, TypeError, KeyError, ArithmeticError):
                return None
            right = self.numbers.get(name)
            if right is not None and self.step is not None and line.axes[:1] == ("T",):
                shape = right.shape[1:]
                if np.shape(value) != shape:
                    try:
                        value = np.broadcast_to(value, shape)
                    except ValueError:
                        return None
            new[name] = value
            one[name] = value
            if other is not None:
                other[name] = value
            if not all(target.is_met(value) for target in met.get(name, ())):
                return None
            if name == until:
                break
        return new

    def numbers_at(self, name: str) -> Array:
        """What the program gives for a name at this step."""
        value = self.numbers[name]
        stepped = self.step is not None and self.program.names[name][:1] == ("T",)
        return np.asarray(value[self.step] if stepped else value)

    def spoiled(self, new: Mapping[str, Any]) -> Iterator[str]:
        """What is right and new values make wrong."""
        for target in self.targets:
            value = None if target.wrong else self.value_of(target, new)
            if value is not None and not target.is_met(value):
                yield target.name

    def spoils(self, new: Mapping[str, Any]) -> bool:
        """Whether new values make something wrong that is right."""
        return any(True for _ in self.spoiled(new))

    def values_of_both(
        self, one: Changed, first: Mapping[str, Any], other: Changed, second: Mapping[str, Any],
        until: str,
    ) -> dict[str, Any] | None:  # fmt: skip
        """The values up to a name with two changes of different lines, from those with each alone.

        What only one of them reaches it has made already; what both reach is computed anew.
        """
        both = [name for name in first if name in second]
        start = {**first, **second}
        for name in both:
            del start[name]
        return self.values({**one, **other}, start, until, both)

    def gains(self, changed: Changed, of: Collection[str] | None = None) -> bool:
        """Whether a change makes more of this step right, one of those names, and spoils nothing.

        Nothing is computed where it reaches none of them.
        """
        wrong = [target for target in self.wrong if of is None or target.name in of]
        reached = set(self.reached(frozenset(changed)))
        if all(reached.isdisjoint(target.reads) for target in wrong):
            return False
        new = self.values(changed, met=self.right_by_name)
        if new is None or self.spoils(new):
            return False
        values = ((target, self.value_of(target, new)) for target in wrong)
        return any(value is not None and target.is_met(value) for target, value in values)

    def gives_all(self, changed: Changed) -> bool:
        """Whether with a change all of this step is right."""
        new = self.values(changed, met=self.by_name)
        if new is None:
            return False
        values = ((target, self.value_of(target, new)) for target in self.targets)
        return all(
            target.is_met(value) if value is not None else not target.wrong
            for target, value in values
        )


def _first_wrong(
    program: Program, of: Blocks, marks: npt.NDArray[np.bool_]
) -> tuple[int | None, bool]:
    """The step at which to look, and in which pass; no step where there are none."""
    wrong = [b for b, right in zip(of.listed, marks, strict=True) if not right]
    if not program.carries:
        return None, False
    forward = [b.step for b in wrong if b.step is not None and not program.lines[b.name].backward]
    if forward:
        return min(forward), False
    backward = [b.step for b in wrong if b.step is not None]
    if backward:
        return max(backward), True
    return 0, any(program.lines[b.name].backward for b in wrong if b.name in program.lines)
