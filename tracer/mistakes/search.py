"""Which mistakes, one or several at once, give every number that came back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tracer.mistakes.attempt import Attempt
from tracer.mistakes.branches import BRANCHES, Branch, OneOf, grow, in_its_place, likely
from tracer.mistakes.candidates import Candidate
from tracer.mistakes.pairs import Pairs
from tracer.mistakes.task import InVain, Task

DEEPEST = 4
"""How many mistakes at once are looked for."""


@dataclass(frozen=True, slots=True)
class Found:
    """Mistakes that together give every number; each of them, or another that gives the same."""

    classes: tuple[OneOf, ...]


def singles(task: Task, candidates: Sequence[Candidate]) -> OneOf:
    """The candidates of which each alone gives every number; none where no run is left for all."""
    attempt = Attempt(task)
    found = [c for c in likely(attempt, candidates, all_of_it=True) if attempt.with_(c).explains]
    return tuple(found) if task.left else ()


class Search:
    """The smallest sets of candidates that give every number, up to `DEEPEST` at once.

    A set grows by an edit that makes another block exactly what came back and spoils none. Where
    none does, two at once are tried; with `step_by_step` only those that may do another thing in a
    whole run. `in_vain` says which pairs were tried before.
    """

    def __init__(
        self, task: Task, *, step_by_step: bool = False, in_vain: InVain | None = None
    ) -> None:
        self.step_by_step = step_by_step
        self.in_vain = in_vain
        self.root = Branch(Attempt(task), ())
        self._grown: dict[tuple[Candidate, ...], list[Branch]] = {}

    def one_by_one(self) -> tuple[Found, ...]:
        """Those that are found by adding one mistake after the other."""
        return self._found(None)

    def in_pairs(self, searching: Callable[[], None]) -> tuple[Found, ...]:
        """Those that are found with two mistakes at once; calls `searching` when this begins."""
        task = self.root.attempt.task
        task.refill()
        pairs = Pairs(searching, step_by_step=self.step_by_step, in_vain=self.in_vain)
        return _complete(pairs.grow(self.root)) or self._found(pairs)

    def _found(self, pairs: Pairs | None) -> tuple[Found, ...]:
        level = [self.root]
        for _ in range(DEEPEST):
            further: list[Branch] = []
            for branch in level:
                further += self._grow(branch)
            if not further and pairs is not None:
                for branch in level[:1]:
                    if 0 < len(branch.attempt.chosen) <= DEEPEST - 2:
                        further += pairs.grow(branch)
            found = _complete(further)
            if found:
                return found
            level = [b for b in further if not b.attempt.explains][: 2 * BRANCHES]
            if not level:
                break
        return ()

    def _grow(self, branch: Branch) -> list[Branch]:
        """The ways of going on by one candidate, worked out once."""
        key = branch.attempt.chosen
        if key not in self._grown:
            grown = grow(branch)
            if not self.root.attempt.task.left:
                return grown  # it was cut short: with more runs there may be others
            self._grown[key] = grown
        return self._grown[key]


def _complete(branches: Sequence[Branch]) -> tuple[Found, ...]:
    """Those that give every number and need all their mistakes; each set once.

    None where no run is left: what was not tried is not known to give less.
    """
    found: list[tuple[Attempt, tuple[OneOf, ...]]] = []
    for branch in branches:
        if branch.attempt.explains and branch.needs_all():
            classes = branch.classes()
            for n, (attempt, known) in enumerate(found):
                both = _as_one(attempt, known, classes)
                if both is not None:
                    found[n] = attempt, both
                    break
            else:
                found.append((branch.attempt, classes))
    if found and not found[0][0].task.left:
        return ()
    return tuple(Found(classes) for _, classes in found)


def _as_one(
    attempt: Attempt, one: tuple[OneOf, ...], other: tuple[OneOf, ...]
) -> tuple[OneOf, ...] | None:
    """Two sets that differ in one mistake at most, as one; None where they differ in more."""
    left, alone = list(other), []
    for n, one_of in enumerate(one):
        same = next((each for each in left if not set(each).isdisjoint(one_of)), None)
        if same is None:
            alone.append(n)
        else:
            left.remove(same)
    if len(one) != len(other) or len(alone) > 1:
        return None
    if not alone:
        return one
    (n,), (new,) = alone, left
    fit = in_its_place(attempt, n, new)
    return (*one[:n], (*one[n], *fit), *one[n + 1 :]) if fit else None
