"""Two mistakes at once, where no single one makes a number right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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

MOST_PAIRS = 40_000
"""How many pairs are looked at: a clock would let a slow machine say something else."""


class Pairs:
    """The search for two mistakes at once.

    Parameters
    ----------
    searching : callable
        Called when it begins.
    step_by_step : bool
        Whether only pairs are looked at that may do another thing in a whole run.
    """

    def __init__(self, searching: Callable[[], None], *, step_by_step: bool = False) -> None:
        self.searching = searching
        self.step_by_step = step_by_step
        self.left = MOST_PAIRS
        self.told = False

    def grow(self, branch: Branch) -> list[Branch]:
        """The ways of explaining more by two further candidates."""
        attempt = branch.attempt
        if attempt.open is None or not attempt.task.left:
            return []
        if not self.told:
            self.told = True
            self.searching()
        ways = Ways(branch)
        for one, other in self._meeting(attempt):
            ways.add(attempt.with_(one, other), (one, other))
        return ways.best()

    def _meeting(self, attempt: Attempt) -> Iterator[tuple[Candidate, Candidate]]:
        """Pairs that may give more, as far as one step tells."""
        # Two that each make a right run wrong, and right together, are not looked for: they would
        # have to be each other's inverse in it, and not in those that are wrong.
        right = next((run for run in attempt.task.runs if not run.wrong.any()), None)
        seen, unseen = [], []
        for candidate in attempt.task.candidates:
            if attempt.fits_beside(candidate) and _leaves(right, attempt, candidate):
                lines = attempt.lines_of(candidate)
                if lines is not None and attempt.screen.sees(lines):
                    seen.append((candidate, lines))
                elif attempt.open_names & candidate.reach:
                    unseen.append(candidate)
        if seen:
            yield from self._of_lines(attempt, seen)
        yield from self._on_others(attempt, unseen, [candidate for candidate, _ in seen])

    def _tried(self, one: Candidate, other: Candidate) -> bool:
        """Whether the whole run has told what these two do in each step."""
        return self.step_by_step and one.of_each_step and other.of_each_step

    def _of_lines(
        self, attempt: Attempt, seen: list[tuple[Candidate, Changed]]
    ) -> Iterator[tuple[Candidate, Candidate]]:
        """Two that change lines: both have a part in the first wrong block, and give it."""
        screen = attempt.screen
        target = screen.wrong[0]
        until = "" if target.made else target.name
        right = screen.value_of(target, {name: screen.numbers_at(name) for name in target.reads})
        tried: list[tuple[Candidate, Changed, dict[str, Any]]] = []
        for candidate, lines in seen:
            new = screen.values(lines)
            value = None if new is None else screen.value_of(target, new)
            if new is None or value is None or screen.spoils(new):
                continue
            if not np.array_equal(value, right, equal_nan=True):
                tried.append((candidate, lines, new))
        for (one, first, ones), (other, second, others) in combinations(tried, 2):
            if self.left == 0:
                return
            if self._tried(one, other):
                continue
            self.left -= 1
            apart = first.keys().isdisjoint(second)
            if apart and not one.calls(other.bodies) and not other.calls(one.bodies):
                orders = [(one, other, screen.values_of_both(first, ones, second, others, until))]
            else:
                orders = [
                    (one, other, self._one_after_the_other(attempt, screen, one, other, until)),
                    (other, one, self._one_after_the_other(attempt, screen, other, one, until)),
                ]
            for earlier, later, new in orders:
                value = None if new is None else screen.value_of(target, new)
                if value is None or not target.is_met(value):
                    continue
                if all(guards.may_be_named(attempt.task, c) for c in (earlier, later)):
                    yield earlier, later

    def _one_after_the_other(
        self, attempt: Attempt, screen: Screen, one: Candidate, other: Candidate, until: str
    ) -> dict[str, Any] | None:
        """The values with two changes of the same lines; None where the second undoes the first."""
        if (
            not other.keeps_what_stood
            and (one.changed or {}).keys() <= (other.changed or {}).keys()
        ):
            return None
        try:
            both = attempt.program.edited((*one.edits, *other.edits))
        except TracerError:
            return None
        lines = changed_lines(attempt.program, both)
        return None if lines is None else screen.values(lines, until=until)

    def _on_others(
        self, attempt: Attempt, unseen: list[Candidate], seen: list[Candidate]
    ) -> Iterator[tuple[Candidate, Candidate]]:
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
            for other in seen if attempt.task.left else ():
                if self._tried(base, other):
                    continue
                lines = under.lines_of(other) if under.fits_beside(other) else None
                if lines is None or not under.screen.sees(lines) or self.left == 0:
                    continue
                self.left -= 1
                gained, _every = under.screen.met(under.screen.values(lines))
                if gained and guards.may_be_named(attempt.task, other):
                    yield base, other
        for (one, _), (other, _) in combinations(bases, 2):
            if not attempt.task.left:
                return
            if self._tried(one, other):
                continue
            if one.touched.isdisjoint(other.touched):
                if not (one.only_hands_back and other.only_hands_back):
                    yield one, other
                continue
            for earlier, later in ((one, other), (other, one)):
                if later.keeps_what_stood or not earlier.touched <= later.touched:
                    yield earlier, later


def _leaves(right: Blocks | None, attempt: Attempt, candidate: Candidate) -> bool:
    """Whether a run of which every number is right stays so, if there is one."""
    return right is None or right.all_equal(attempt.with_(candidate).numbers(right))
