"""What is to be said about wrong numbers: the search, stage by stage, behind its guards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice, product
from typing import Literal, TypeAlias

import numpy as np

from tracer.cells.activations import Array
from tracer.errors import InputError
from tracer.mistakes import guards
from tracer.mistakes.attempt import Attempt
from tracer.mistakes.candidates import Candidate
from tracer.mistakes.equationwise import judged
from tracer.mistakes.records import Diagnosis, Mistake, Run
from tracer.mistakes.search import Found, Search, singles
from tracer.mistakes.task import InVain, Task
from tracer.mistakes.twins import told_once
from tracer.program import Edit, Program
from tracer.program.derivative import derivative
from tracer.program.generated import generated

Stages: TypeAlias = Literal["all", "alone", "several"]
"""Which part of the search is done."""

MOST_ALIKE = 6
"""More mistakes than these that give the same numbers are no diagnosis."""
MOST_EQUATIONS = 3
"""And more changes without a name than these are none."""


def diagnose(
    program: Program,
    runs: Sequence[Run],
    catalogue: Sequence[Mistake],
    *,
    own_forward: Sequence[Edit] = (),
    step_by_step: bool = False,
    stages: Stages = "all",
    searching: Callable[[], None] = lambda: None,
    in_vain: InVain | None = None,
) -> Diagnosis:
    """What gives exactly these numbers, all of them.

    Parameters
    ----------
    program : Program
        The right one.
    runs : sequence of Run
        Every round of every check that came back.
    catalogue : sequence of Mistake
        See `mistakes_of`.
    own_forward : sequence of Edit
        The mistakes found in the forward functions that these functions build on.
    step_by_step : bool
        Whether these are the steps of longer runs, searched before: only what may do another thing
        in a whole run is tried.
    stages : str
        ``"alone"``: only a single mistake with a name; ``"several"``: what comes after that.
    searching : callable
        Called when a search begins that may take seconds.
    in_vain : InVain, optional
        What a search for the same answer has tried before, and room for what this one tries.
    """
    came = [run for run in runs if run.came]
    with np.errstate(all="ignore"):
        return _Diagnosing(program, catalogue, searching, in_vain or InVain(), step_by_step).of(
            came, tuple(own_forward), stages
        )


@dataclass(frozen=True)
class _Diagnosing:
    """The right program, and what may be wrong with another."""

    right: Program
    catalogue: Sequence[Mistake]
    searching: Callable[[], None]
    in_vain: InVain
    step_by_step: bool = False

    def of(
        self, runs: Sequence[Run], own_forward: tuple[Edit, ...], stages: Stages = "all"
    ) -> Diagnosis:
        """The diagnosis of some runs."""
        wrong = Task(self.right, runs, ())
        if not wrong.wrong_runs:
            return Diagnosis(reference="right")
        based = self.right.edited(own_forward) if own_forward else self.right
        if own_forward:
            if not Task(based, runs, ()).wrong_runs:
                return Diagnosis(reference="follows")
            if self.is_derivative(based, runs):
                return Diagnosis(reference="derivative")
        candidates = [_candidate(based, mistake) for mistake in self.catalogue]
        task = Task(based, runs, candidates)
        if guards.only_zero(wrong.runs):
            return self.where_zero(task)
        strength = guards.evidence(task.runs)
        if strength and stages != "several":
            tried = [c for c in candidates if not (self.step_by_step and c.of_each_step)]
            alone = [c for c in _proved_singles(task, tried) if guards.whole(task, c)]
            alone = told_once(task, alone)
            if alone:
                return (
                    Diagnosis(named=(_mistakes(alone),))
                    if len(alone) <= MOST_ALIKE
                    else Diagnosis(too_many=True)
                )
        if stages == "alone":
            return Diagnosis()
        staged = self.in_two_passes(runs, own_forward)
        if staged is not None:
            return staged
        if strength >= guards.EVIDENCE:
            search = Search(task, step_by_step=self.step_by_step, in_vain=self.in_vain)
            found = _several(task, search.one_by_one()) or self.without_name(task)
            found = found or _several(task, search.in_pairs(self.searching))
            if found is not None:
                return found
        return Diagnosis(equations=judged(based, runs))

    def where_zero(self, task: Task) -> Diagnosis:
        """That every wrong number is 0; and at which step, where that says it all."""
        if task.one_step:
            return Diagnosis(zero=True)
        saying = [c for c in task.candidates if guards.says_where_zero(c)]
        found = told_once(task, _proved_singles(task, saying))
        return Diagnosis(named=(_mistakes(found),)) if found else Diagnosis(zero=True)

    def without_name(self, task: Task) -> Diagnosis | None:
        """One changed equation that has no name."""
        if not task.left or self.step_by_step:
            return None
        wrong = Attempt(task).open_names
        lines = [name for name in task.program.order if name in task.program.lines]
        candidates = [
            Candidate(task.program, (edit,))
            for edit in generated(task.program, _reaching(task, lines, wrong))
        ]
        fitting = _proved_singles(task, candidates)
        if not 0 < len(fitting) <= MOST_EQUATIONS:
            return None
        return Diagnosis(generated=tuple(candidate.edits[0] for candidate in fitting))

    def in_two_passes(self, runs: Sequence[Run], own_forward: tuple[Edit, ...]) -> Diagnosis | None:
        """First the forward pass, then the backward pass on top of what was found there."""
        lines = self.right.lines
        forward = [_only(run, lambda name: not lines[name].backward) for run in runs]
        if forward == [run.came for run in runs] or own_forward:
            return None
        first = self.of([run for run in _with(runs, forward) if run.came], ())
        if not first.edits:
            return None
        came = frozenset(name for part in forward for name in part)
        choices = list(islice(_choices(first), MOST_ALIKE))
        found = Diagnosis()
        for deeper in (False, True):  # one further mistake is tried with each, before several are
            for chosen in choices[:2] if deeper else choices:
                narrowed = replace(first, named=chosen)
                based = self.right.edited(narrowed.edits)
                if self.is_derivative(based, runs):
                    return replace(narrowed, reference="derivative")
                later = [m for m in self.catalogue if came.isdisjoint(_candidate(based, m).reach)]
                inner = replace(self, catalogue=later)
                found = inner.of(runs, narrowed.edits, "all" if deeper else "alone")
                if found.named or found.generated or found.reference:
                    alike = self.alike(first, chosen, found.edits, runs)
                    return replace(found, named=alike + found.named)
        return Diagnosis(named=first.named, generated=first.generated, equations=found.equations)

    def alike(
        self, first: Diagnosis, chosen: tuple[tuple[Mistake, ...], ...], later: tuple[Edit, ...],
        runs: Sequence[Run],
    ) -> tuple[tuple[Mistake, ...], ...]:  # fmt: skip
        """The mistakes of the forward pass that give every number, with those of the backward."""
        found = []
        for n, one_of in enumerate(first.named):
            same = []
            for other in one_of:
                named = (*chosen[:n], (other,), *chosen[n + 1 :])
                edits = (*replace(first, named=named).edits, *later)
                if (other,) == chosen[n] or not Task(self.right.edited(edits), runs, ()).wrong_runs:
                    same.append(other)
            found.append(tuple(same))
        return tuple(found)

    def is_derivative(self, program: Program, runs: Sequence[Run]) -> bool:
        """Whether all is as the derivative of the forward pass says."""
        if not any(program.lines[name].backward for run in runs for name in run.came):
            return False
        try:
            return not Task(derivative(program), runs, ()).wrong_runs
        except InputError:
            return False  # it has none


@lru_cache(maxsize=4096)
def _candidate(program: Program, mistake: Mistake) -> Candidate:
    """Kept, for a class hands in many answers to one exercise."""
    return Candidate(program, mistake.edits, mistake)


def _proved_singles(task: Task, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those of which each alone gives every number, computed once more."""
    return [c for c in singles(task, candidates) if task.is_given_by(c.edits)]


def _several(task: Task, found: Sequence[Found]) -> Diagnosis | None:
    """Several mistakes at once, if only one set of them gives every number."""
    if len(found) != 1:
        return None
    classes = found[0].classes
    first = tuple(one_of[0] for one_of in classes)
    proved: list[list[Candidate]] = []
    for n, one_of in enumerate(classes):
        sets = ((*first[:n], c, *first[n + 1 :]) for c in one_of)
        given = [chosen[n] for chosen in sets if task.is_given_by(_edits(chosen))]
        if not given:
            return None
        proved.append(told_once(task, given, _edits((*first[:n], *first[n + 1 :]))))
    often = Diagnosis(named=tuple(map(_mistakes, proved)))
    if task.is_given_by(often.edits):
        return often
    return Diagnosis(named=tuple(tuple(c.mistake for c in of if c.mistake) for of in proved))


def _edits(chosen: Sequence[Candidate]) -> tuple[Edit, ...]:
    return tuple(edit for candidate in chosen for edit in candidate.edits)


def _choices(diagnosis: Diagnosis) -> Iterator[tuple[tuple[Mistake, ...], ...]]:
    """Where several give the same numbers: each of them for itself."""
    yield from product(*([(one,) for one in one_of] for one_of in diagnosis.named))


def _mistakes(candidates: Sequence[Candidate]) -> tuple[Mistake, ...]:
    """Those seen most often first."""
    named = [c.mistake for c in candidates if c.mistake is not None]
    return tuple(sorted(named, key=lambda mistake: -mistake.n))


def _reaching(task: Task, lines: Sequence[str], wrong: frozenset[str]) -> list[str]:
    """The lines of which one alone may have made all of it wrong."""
    return [name for name in lines if wrong <= Candidate(task.program, ()).reach_of(name)]


def _only(run: Run, wanted: Callable[[str], bool]) -> dict[str, Array]:
    return {name: array for name, array in run.came.items() if wanted(name)}


def _with(runs: Sequence[Run], came: Sequence[Mapping[str, Array]]) -> list[Run]:
    return [replace(run, came=part) for run, part in zip(runs, came, strict=True)]
