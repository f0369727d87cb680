"""Which mistakes, one or several at once, give every number that came back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeAlias

import numpy as np

from tracer.mistakes import guards
from tracer.mistakes.attempt import Attempt
from tracer.mistakes.candidates import Candidate
from tracer.mistakes.task import Task

OneOf: TypeAlias = tuple[Candidate, ...]
"""Candidates that give the same numbers."""

DEEPEST = 4
"""How many mistakes at once are looked for."""
BRANCHES = 3
"""How many ways of going on are followed from one set of mistakes."""
MOST_PAIRS = 40_000
"""How many pairs are looked at: a clock would let a slow machine say something else."""


@dataclass(frozen=True, slots=True)
class Found:
    """Mistakes that together give every number; each of them, or another that gives the same."""

    classes: tuple[OneOf, ...]


def singles(task: Task, candidates: Sequence[Candidate]) -> OneOf:
    """The candidates of which each alone gives every number."""
    attempt = Attempt(task)
    return tuple(
        c for c in _likely(attempt, candidates, all_of_it=True) if attempt.with_(c).explains
    )


def _likely(
    attempt: Attempt, candidates: Sequence[Candidate], *, all_of_it: bool
) -> Iterator[Candidate]:
    """Those that make more of the first wrong step right, or all of it, and spoil nothing there."""
    if attempt.open is None or not attempt.task.left:
        return
    wrong = attempt.open_names
    screen = attempt.screen
    for candidate in candidates:
        if not attempt.task.left:
            return  # none of them could be run any more
        reaches = wrong <= candidate.reach if all_of_it else wrong & candidate.reach
        if not reaches or not attempt.fits_beside(candidate):
            continue
        lines = attempt.lines_of(candidate)
        if lines is not None and screen.sees(lines):
            gained, every = screen.met(screen.values(lines))
            if not (every if all_of_it else gained):
                continue
        elif lines is not None and attempt.spoils_beginning(lines):
            continue
        if guards.may_be_named(attempt.task, candidate):
            yield candidate


def grown(task: Task, searching: Callable[[], None] | None = None) -> tuple[Found, ...]:
    """The smallest sets of candidates that give every number, up to `DEEPEST` at once.

    A set grows by an edit that makes another block exactly what came back and spoils none. Where
    none does, two at once are tried, if there is a `searching` to call when that search begins.
    """
    level = [_Branch(Attempt(task), ())]
    pairs = _Pairs(searching) if searching is not None else None
    for _ in range(DEEPEST):
        further: list[_Branch] = []
        for branch in level:
            further += _grow(branch)
        if not further and pairs is not None:
            for branch in level:
                if len(branch.attempt.chosen) + 2 <= DEEPEST:
                    further += pairs.grow(branch)
        found = [branch for branch in further if branch.attempt.explains and branch.needs_all()]
        if found:
            return _different(found)
        level = [b for b in further if not b.attempt.explains][: 2 * BRANCHES]
        if not level:
            break
    return ()


@dataclass(frozen=True)
class _Branch:
    """A set of candidates, and for each of them the others that do the same so far."""

    attempt: Attempt
    alike: tuple[OneOf, ...]

    def needs_all(self) -> bool:
        """Whether each of them is needed."""
        chosen = self.attempt.chosen
        if len(chosen) == 1:
            return True
        return not any(
            Attempt(self.attempt.task, chosen[:n] + chosen[n + 1 :]).explains
            for n in range(len(chosen))
        )

    def classes(self) -> tuple[OneOf, ...]:
        """Each of them with the others that can take its place."""
        chosen = self.attempt.chosen
        found = []
        for n, (one, others) in enumerate(zip(chosen, self.alike, strict=True)):
            rest = Attempt(self.attempt.task, chosen[:n] + chosen[n + 1 :])
            same = [c for c in others if c is not one and rest.fits_beside(c)]
            found.append((one, *(c for c in same if rest.with_(c).explains)))
        return tuple(found)


def _grow(branch: _Branch) -> list[_Branch]:
    """The ways of explaining more by one further candidate, the best first."""
    known = branch.attempt.task.further
    chosen = branch.attempt.chosen
    if chosen not in known:
        known[chosen] = _further(branch.attempt)
    return [_Branch(further, (*branch.alike, tuple(alike))) for further, alike in known[chosen]]


def _further(attempt: Attempt) -> list[tuple[Attempt, list[Candidate]]]:
    """One further candidate in the best ways, and with each the others that do the same."""
    if attempt.open is None:
        return []
    before = attempt.open_marks
    groups: dict[bytes, tuple[int, Attempt, list[Candidate]]] = {}
    for candidate in _likely(attempt, attempt.task.candidates, all_of_it=False):
        further = attempt.with_(candidate)
        marks = further.adds_to(before, attempt.open)
        if marks is None:
            continue
        key = marks.tobytes()
        if key in groups:
            groups[key][2].append(candidate)
        else:
            groups[key] = (int(marks.sum()), further, [candidate])
    best = sorted(groups.values(), key=lambda group: -group[0])[:BRANCHES]
    return [(further, alike) for _, further, alike in best]


class _Pairs:
    """Two candidates at once, where no single one makes a block right."""

    def __init__(self, searching: Callable[[], None]) -> None:
        self.searching = searching
        self.left = MOST_PAIRS
        self.told = False

    def grow(self, branch: _Branch) -> list[_Branch]:
        """The ways of explaining more by two further candidates."""
        attempt = branch.attempt
        if attempt.open is None or not attempt.task.left or not attempt.screen.useful:
            return []
        if not self.told:
            self.told = True
            self.searching()
        before = attempt.open_marks
        groups: dict[bytes, tuple[int, Attempt, list[Candidate], list[Candidate]]] = {}
        for one, other in self._meeting(attempt):
            further = attempt.with_(one, other)
            marks = further.adds_to(before, attempt.open)
            if marks is None:
                continue
            key = marks.tobytes()
            if key not in groups:
                groups[key] = (int(marks.sum()), further, [one], [other])
            else:
                _, known, ones, others = groups[key]
                if one is known.chosen[-2]:
                    others.append(other)
                elif other is known.chosen[-1]:
                    ones.append(one)
        best = sorted(groups.values(), key=lambda group: -group[0])[:BRANCHES]
        return [
            _Branch(further, (*branch.alike, tuple(ones), tuple(others)))
            for _, further, ones, others in best
        ]

    def _meeting(self, attempt: Attempt) -> Iterator[tuple[Candidate, Candidate]]:
        """Pairs that give the first wrong block at its step."""
        screen = attempt.screen
        target = screen.wrong[0]
        right = screen.numbers_at(target.name)
        tried: list[tuple[Candidate, dict[str, Any]]] = []
        for candidate in attempt.task.candidates:
            lines = attempt.lines_of(candidate) if attempt.fits_beside(candidate) else None
            if lines is None or not screen.sees(lines):
                continue
            new = screen.values(lines)
            if new is None or target.name not in new or screen.spoils(new):
                continue
            if not np.array_equal(new[target.name], right, equal_nan=True):
                tried.append((candidate, new))
        for (one, first), (other, second) in combinations(tried, 2):
            if self.left == 0:
                return
            self.left -= 1
            new = screen.values_of_both(
                one.changed or {}, first, other.changed or {}, second, target.name
            )
            if new is None or not target.is_met(new[target.name]):
                continue
            if all(guards.may_be_named(attempt.task, candidate) for candidate in (one, other)):
                yield one, other


def _different(branches: Sequence[_Branch]) -> tuple[Found, ...]:
    """Each set once, whatever the order in which it was found."""
    found: dict[frozenset[OneOf], Found] = {}
    for branch in branches:
        classes = branch.classes()
        key = frozenset(tuple(sorted(one_of, key=id)) for one_of in classes)
        found.setdefault(key, Found(classes))
    return tuple(found.values())
