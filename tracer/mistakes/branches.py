"""One step of the search: which further mistakes make more of the numbers right, and spoil none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

from tracer.mistakes import guards
from tracer.mistakes.attempt import Attempt
from tracer.mistakes.candidates import Candidate

OneOf: TypeAlias = tuple[Candidate, ...]
"""Candidates that give the same numbers."""

BRANCHES = 4
"""How many ways of going on are followed from one set of mistakes."""


@dataclass(frozen=True)
class Branch:
    """A set of candidates, and for each of them the others that do the same so far."""

    attempt: Attempt
    alike: tuple[OneOf, ...]

    def needs_all(self) -> bool:
        """Whether each of them is needed; not where no run is left to see it.

        It is not where fewer of them give the same, nor where some of them undo each other.
        """
        return needs_all(self.attempt)

    def classes(self) -> tuple[OneOf, ...]:
        """Each of them with the others that can take its place."""
        pairs = zip(self.attempt.chosen, self.alike, strict=True)
        return tuple(
            (one, *in_its_place(self.attempt, n, [c for c in others if c is not one]))
            for n, (one, others) in enumerate(pairs)
        )


def needs_all(attempt: Attempt) -> bool:
    """Whether no part of a set of mistakes gives the same, and none gives what is right.

    A mistake is left out as a part, and each single edit of one: two that both say what happens
    after the end of a sentence, or of which one overwrites what the other says, are not both true.
    Three that turn a sentence round in three places change nothing together: whatever a fourth
    does beside them, they are no mistakes of anybody's.
    """
    chosen, task = attempt.chosen, attempt.task
    for size in range(len(chosen) - 1, 0, -1):
        for some in combinations(chosen, size):
            part = Attempt(task, some)
            if not task.left or part.explains or (size > 1 and part.is_right):
                return False
    return len(chosen) == 1 or (guards.whole(task, *chosen) and task.left > 0)


def in_its_place(attempt: Attempt, n: int, others: Sequence[Candidate]) -> list[Candidate]:
    """Those with which, in the place of the n-th mistake, every number is given as well."""
    chosen = attempt.chosen
    sets = ((c, Attempt(attempt.task, (*chosen[:n], c, *chosen[n + 1 :]))) for c in others)
    return [c for c, other in sets if other.explains and needs_all(other)]


class Ways:
    """The ways of going on from a branch; those that give the same numbers are one.

    Parameters
    ----------
    branch : Branch
        With something left to explain.
    """

    def __init__(self, branch: Branch) -> None:
        assert branch.attempt.open is not None
        self.branch = branch
        self.open = branch.attempt.open
        self.before = branch.attempt.open_marks
        others = (run for run in reversed(branch.attempt.task.runs) if run is not self.open)
        self.probes = (self.open, *others)  # the longest first of those that take longer
        self.groups: list[_Group] = []

    def add(self, further: Attempt, added: tuple[Candidate, ...]) -> None:
        """One way, if it makes something right and nothing wrong."""
        marks = further.adds_to(self.before, self.open)
        if marks is None:
            return
        key = marks.tobytes()
        for group in self.groups:
            if group.marks == key and self._same(group.first, further):
                group.add(added)
                return
        self.groups.append(_Group(key, int(marks.sum()), further, [[c] for c in added]))

    def _same(self, one: Attempt, other: Attempt) -> bool:
        """Whether two give the same: what does in one step need not in several."""
        for run in self.probes:
            first, second = one.numbers(run), other.numbers(run)
            if first is None or second is None or not run.alike(first, second).all():
                return False
        return True

    def best(self) -> list[Branch]:
        """Those that explain most."""
        groups = sorted(self.groups, key=lambda group: -group.right)[:BRANCHES]
        return [
            Branch(group.first, (*self.branch.alike, *map(tuple, group.alike))) for group in groups
        ]


@dataclass
class _Group:
    """Ways that give the same numbers: the first of them, and what stood in its place."""

    marks: bytes
    right: int
    first: Attempt
    alike: list[list[Candidate]]

    def add(self, added: tuple[Candidate, ...]) -> None:
        """Another way; of two candidates the one that is new, if the other is known.

        Whichever of two comes first where that does not matter, they are the same two.
        """
        first = self.first.chosen[-len(added) :]
        new = [candidate for candidate in added if candidate not in first]
        instead = [n for n, known in enumerate(first) if known not in added]
        if len(new) == len(instead) == 1:
            self.alike[instead[0]].append(new[0])


def likely(
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
            if not (screen.gives_all(lines) if all_of_it else screen.gains(lines)):
                continue
        elif lines is not None and attempt.spoils_beginning(lines):
            continue
        if guards.may_be_named(attempt.task, candidate):
            yield candidate


def grow(branch: Branch) -> list[Branch]:
    """The ways of explaining more by one further candidate, the best first."""
    attempt = branch.attempt
    if attempt.open is None:
        return []
    ways = Ways(branch)
    for candidate in likely(attempt, attempt.task.candidates, all_of_it=False):
        ways.add(attempt.with_(candidate), (candidate,))
    return ways.best()
