"""Two mistakes at once, where no single one makes a number right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np

from tracer.errors import TracerError
from tracer.mistakes import guards
from tracer.mistakes.attempt import Attempt
from tracer.mistakes.blocks import Blocks
from tracer.mistakes.branches import Branch, Ways
from tracer.mistakes.candidates import Candidate
from tracer.mistakes.screening import Changed, Screen, changed_lines
from tracer.mistakes.task import InVain

MOST_PAIRS = 40_000
"""How many pairs are looked at: a clock would let a slow machine say something else."""


@dataclass(frozen=True, eq=False)
class _Seen:
    """A candidate that one step shows.

    Attributes
    ----------
    candidate : Candidate
    lines : mapping
        Those that it changes.
    new : dict or None
        What is computed with them; None where it cannot be computed.
    spoiled : frozenset
        What is right there, and not with them.
    """

    candidate: Candidate
    lines: Changed
    new: dict[str, Any] | None
    spoiled: frozenset[str]

    @cached_property
    def reads(self) -> frozenset[str]:
        """What its lines read."""
        return frozenset[str]().union(*(line.reads for line in self.lines.values()))

    def apart_from(self, other: _Seen) -> bool:
        """Whether it does not matter which of both comes first."""
        apart = self.lines.keys().isdisjoint(other.lines)
        return apart and self.candidate.stands_beside(other.candidate)

    def spoils_beside(self, reach: frozenset[str]) -> bool:
        """Whether it makes something wrong, whatever a candidate of that reach does."""
        return not self.spoiled <= reach and self.reads.isdisjoint(reach)


class Pairs:
    """The search for two mistakes at once.

    Parameters
    ----------
    searching : callable
        Called when it begins.
    step_by_step : bool
        Whether only pairs are looked at that may do another thing in a whole run.
    in_vain : InVain, optional
        What was searched before.
    """

    def __init__(
        self, searching: Callable[[], None], *, step_by_step: bool = False,
        in_vain: InVain | None = None,
    ) -> None:  # fmt: skip
        self.searching = searching
        self.step_by_step = step_by_step
        self.in_vain = in_vain or InVain()
        self.left = MOST_PAIRS
        self.told = False

    def grow(self, branch: Branch) -> list[Branch]:
        """The ways of explaining more by two further candidates."""
        attempt, task = branch.attempt, branch.attempt.task
        if attempt.open is None or not task.left:
            return []
        first = not attempt.chosen
        if first and self.in_vain.holds(task, attempt.open):
            return []
        if not self.told:
            self.told = True
            self.searching()
        ways = Ways(branch)
        for further in self._meeting(attempt):
            ways.add(further, further.chosen[-2:])
        if first and not ways.groups and task.left and self.left:
            self.in_vain.add(task, attempt.open)
        return ways.best()

    def _meeting(self, attempt: Attempt) -> Iterator[Attempt]:
        """Pairs that may give more, as far as one step tells."""
        # Two that each make a right run wrong, and right together, are not looked for: they would
        # have to be each other's inverse in it, and not in those that are wrong.
        right = next((run for run in attempt.task.runs if not run.wrong.any()), None)
        screen = attempt.screen
        seen, unseen = [], []
        for candidate in attempt.task.candidates:
            if attempt.fits_beside(candidate) and _leaves(right, attempt, candidate):
                lines = attempt.lines_of(candidate)
                if lines is not None and screen.sees(lines):
                    new = screen.values(lines)
                    spoiled = frozenset(() if new is None else screen.spoiled(new))
                    seen.append(_Seen(candidate, lines, new, spoiled))
                elif attempt.open_names & candidate.reach:
                    unseen.append(candidate)
        if seen:
            yield from self._of_lines(attempt, seen)
        yield from self._on_others(attempt, unseen, seen)

    def _tried(self, one: Candidate, other: Candidate) -> bool:
        """Whether the whole run has told what these two do in each step."""
        return self.step_by_step and one.of_each_step and other.of_each_step

    def _of_lines(self, attempt: Attempt, seen: list[_Seen]) -> Iterator[Attempt]:
        """Two that change lines: both have a part in the first wrong block, and give it."""
        screen = attempt.screen
        target = screen.wrong[0]
        until = "" if target.made else target.name
        right = screen.value_of(target, {name: screen.numbers_at(name) for name in target.reads})
        taking_part = []
        for one in seen:
            value = None if one.new is None or one.spoiled else screen.value_of(target, one.new)
            if value is not None and not np.array_equal(value, right, equal_nan=True):
                taking_part.append(one)
        for one, other in combinations(taking_part, 2):
            if self.left == 0:
                return
            if self._tried(one.candidate, other.candidate):
                continue
            self.left -= 1
            orders = [(one, other)]
            if not one.apart_from(other):
                orders.append((other, one))
            for earlier, later in orders:
                new = self._one_after_the_other(attempt, screen, earlier, later, until)
                value = None if new is None else screen.value_of(target, new)
                if value is None or not target.is_met(value):
                    continue
                both = earlier.candidate, later.candidate
                if all(guards.may_be_named(attempt.task, candidate) for candidate in both):
                    yield attempt.with_(*both)

    def _one_after_the_other(
        self, attempt: Attempt, screen: Screen, earlier: _Seen, later: _Seen, until: str
    ) -> dict[str, Any] | None:
        """The values with two changes of lines; None where the second undoes the first."""
        one, other = earlier.candidate, later.candidate
        if other.undoes(one):
            return None
        if other.stands_beside(one):
            assert earlier.new is not None
            assert later.new is not None
            return screen.values_of_both(earlier.lines, earlier.new, later.lines, later.new, until)
        if other.only_bodies and one.rewrites:
            return None  # whichever comes first, every line calls the function's other body
        try:
            both = attempt.program.edited((*one.edits, *other.edits))
        except TracerError:
            return None
        lines = changed_lines(attempt.program, both)
        return None if lines is None else screen.values(lines, until=until)

    def _on_others(
        self, attempt: Attempt, unseen: list[Candidate], seen: list[_Seen]
    ) -> Iterator[Attempt]:
        """Two of which one changes what no step shows: what is read, carried or handed back.

        It is put in first, and the other looked for on top of it.
        """
        assert attempt.open is not None
        before, numbers = attempt.open_marks, attempt.numbers(attempt.open)
        bases = []
        for candidate in unseen if attempt.task.left else ():
            under = attempt.with_(candidate)
            given = under.numbers(attempt.open)
            if given is None or under.open is not attempt.open:
                continue
            spoils = (before & ~under.open_marks).any()
            if spoils or numbers is None or attempt.open.alike(numbers, given).all():
                continue
            if guards.may_be_named(attempt.task, candidate):
                bases.append((candidate, under))
        for base, under in bases:
            for each in seen if attempt.task.left else ():
                other = each.candidate
                if self._tried(base, other) or each.spoils_beside(base.reach):
                    continue
                lines = under.lines_of(other) if under.fits_beside(other) else None
                if lines is None or not under.screen.sees(lines) or self.left == 0:
                    continue
                self.left -= 1
                # What the base does not reach, the other gives without it, or not at all.
                gained = under.screen.gains(lines, base.reach)
                if gained and guards.may_be_named(attempt.task, other):
                    yield under.with_(other)
        for first, second in combinations(bases, 2):
            if not attempt.task.left:
                return
            (one, under), (other, _) = first, second
            if self._tried(one, other):
                continue
            if one.touched.isdisjoint(other.touched):
                if not (one.only_hands_back and other.only_hands_back):
                    yield under.with_(other)
                continue
            for (earlier, under), (later, _) in ((first, second), (second, first)):
                if later.keeps_what_stood or not earlier.touched <= later.touched:
                    yield under.with_(later)


def _leaves(right: Blocks | None, attempt: Attempt, candidate: Candidate) -> bool:
    """Whether a run of which every number is right stays so, if there is one."""
    return right is None or right.all_equal(attempt.with_(candidate).numbers(right))
