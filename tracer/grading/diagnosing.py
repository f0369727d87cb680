"""Asks which well-known mistake gives the numbers that came, and what that is worth."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from tracer.errors import InputError
from tracer.exercises.exercise import Check, Exercise
from tracer.grading.comparing import Compared, has_steps, same, tolerance_of
from tracer.grading.judge import Judged, tenths
from tracer.grading.kept import Kept
from tracer.grading.report import Array, Kind, Verdict
from tracer.grading.right import each_step
from tracer.grading.undecided import settled
from tracer.program import Program

if TYPE_CHECKING:
    from tracer.mistakes import Diagnosis, Mistake, Run


def diagnosed(
    exercise: Exercise, judged: Sequence[Judged], searching: Callable[[], None],
    kept: Kept | None = None,
) -> tuple[Diagnosis | None, list[Judged]]:  # fmt: skip
    """The mistake that gives the numbers of all checks, and the reports with what it is worth.

    Where one mistake does not give all of them, that of the first failing check is looked for,
    and put into its report.
    """
    wrong = [number for number, one in enumerate(judged) if _wrong(one)]
    if exercise.program is None or not wrong:
        return None, list(judged)
    kept = kept or Kept()
    found = _searched(exercise, judged, range(len(judged)), searching, kept)
    if not found.edits and _only_zero(judged):
        found = replace(found, zero=True, equations=())
    if found.edits or found.zero or len(wrong) == 1:
        return found, [_touched(exercise, _worth(exercise, one, found), found) for one in judged]
    finite = [number for number, one in enumerate(judged) if not _overflows(one)]
    if wrong[0] in finite and len(finite) < len(judged):  # what overflows is a mistake of its own
        first = _searched(exercise, judged, finite, searching, kept)
        if first.edits and _shows(exercise, judged[wrong[0]], first):
            return found, _told_in_first(exercise, judged, wrong[0], first)
    told_apart = settled([one.report for one in judged], later=False)
    if all(told_apart[number].told_in for number in wrong[1:]):
        return found, list(judged)  # the others show no other mistake than the first
    others = [number for number in range(len(judged)) if number not in wrong[1:]]
    first = _searched(exercise, judged, others, searching, kept)
    return found, _told_in_first(exercise, judged, wrong[0], first) if first.edits else list(judged)


def _told_in_first(
    exercise: Exercise, judged: Sequence[Judged], number: int, first: Diagnosis
) -> list[Judged]:
    """The same, with the mistake of one check in its report."""
    told = list(judged)
    report = replace(told[number].report, diagnosis=first)
    explained = _worth(exercise, replace(told[number], report=report), first)
    told[number] = _touched(exercise, explained, first)
    return told


def _shows(exercise: Exercise, judged: Judged, found: Diagnosis) -> bool:
    """Whether a mistake that was found in several checks makes numbers of this one wrong."""
    assert exercise.program is not None
    changed = exercise.program.edited(found.edits)
    for compared in judged.rounds:
        try:
            numbers = changed.run(compared.given, wanted=tuple(compared.came))
        except (InputError, IndexError):  # it cannot be computed on these numbers
            return True
        if not all(same(numbers[name], compared.exact[name]) for name in compared.came):
            return True
    return False


def _wrong(judged: Judged) -> bool:
    """Whether a number that came is not what the equations give."""
    return any(mask.any() for compared in judged.rounds for mask in compared.inexact.values())


def _only_zero(judged: Sequence[Judged]) -> bool:
    """Whether every number that is not right is 0, among others that may be right."""
    return not any(
        compared.came[name][mask].any()
        for one in judged
        for compared in one.rounds
        for name, mask in compared.inexact.items()
        if mask.shape == compared.came[name].shape
    )


def _overflows(judged: Judged) -> bool:
    """Whether numbers are NaN or infinite that should not be."""
    return any(
        bool((~np.isfinite(array) & np.isfinite(compared.exact[name])).any())
        for compared in judged.rounds
        for name, array in compared.came.items()
        if array.shape == compared.exact[name].shape
    )


def _searched(
    exercise: Exercise, judged: Sequence[Judged], numbers: Collection[int],
    searching: Callable[[], None], kept: Kept,
) -> Diagnosis:  # fmt: skip
    """What the search for the mistake gives; it reads the rounds of these checks, and no more."""
    rounds = [(judged[n].report.check.name, one) for n in numbers for one in judged[n].rounds]
    return kept.searched(exercise, rounds, partial(_search, exercise, judged, numbers, searching))


def _search(
    exercise: Exercise, judged: Sequence[Judged], numbers: Collection[int],
    searching: Callable[[], None],
) -> Diagnosis:  # fmt: skip
    """The mistake that gives the numbers of these checks; of a step function also step by step."""
    from tracer.grading.reordered import reordered
    from tracer.mistakes import Diagnosis, InVain, diagnose, mistakes_of

    program, over = exercise.program, {function.over for function in exercise.functions}
    assert program is not None
    catalogue = mistakes_of(
        program, over=next(iter(over)) if len(over) == 1 else "", folder=exercise.folder
    )
    catalogue = _in_its_order(exercise, program, catalogue)
    catalogue = (*catalogue, *reordered(exercise, catalogue))
    rounds = [(judged[n].report.check, one) for n in numbers for one in judged[n].rounds]
    whole = [run for check, one in rounds for run in _runs(check, one)]
    steps = []
    if over == {"step"}:  # what a step returned went into the next one, right or wrong
        steps = [run for check, one in rounds for run in _runs(check, one, by_step=True)]
    if len(steps) <= len(whole):
        return diagnose(program, whole, catalogue, searching=searching)
    search = partial(diagnose, program, catalogue=catalogue, searching=searching, in_vain=InVain())
    found = Diagnosis()
    for stages in ("alone", "several"):
        found = search(runs=whole, stages=stages)
        if found.edits or found.zero or found.too_many:
            return found
        # What does the same in each step gives the whole run where it gives each step: it was
        # tried.
        by_step = search(runs=steps, stages=stages, step_by_step=True)
        if by_step.edits or by_step.too_many:
            return by_step
    return found


def _in_its_order(
    exercise: Exercise, program: Program, catalogue: tuple[Mistake, ...]
) -> tuple[Mistake, ...]:
    """The same, each order of gates as the exercise's own arrays have it.

    None is named where a function takes the gates one by one, or in several orders.
    """
    layouts = [
        leaf
        for function in exercise.functions
        for name, layout in function.arguments.items()
        if layout is not None
        for leaf in layout.leaves(name).values()
    ]
    blocks = [[n for n in layout.names if n in program.blocks] for layout in layouts]
    orders = {tuple(name.rpartition("_")[2] for name in names) for names in blocks if names}
    if not orders or orders == {program.gates}:
        return catalogue
    here = next(iter(orders))
    told = len(orders) == 1 and sorted(here) == sorted(program.gates)
    found = []
    for mistake in catalogue:
        names = _ORDERS.get(mistake.id)
        if names is None:
            found.append(mistake)
        elif told:
            order = " ".join(mistake.values[name] for name in names).split()
            taken = dict(zip(program.gates, order, strict=True))
            own = [taken[gate] for gate in here]
            parts = own if len(names) > 1 else [" ".join(own)]
            values = {**dict(zip(names, parts, strict=True)), "gates": " ".join(here)}
            found.append(replace(mistake, values={**mistake.values, **values}))
    return tuple(found)


_ORDERS = {
    "gate_order": ("order",),
    "gate_order_of_a_step_backward": ("first", "second", "third", "fourth"),
}
"""The mistakes that take the blocks for the gates in another order, and where they say which."""


def _runs(check: Check, compared: Compared, *, by_step: bool = False) -> Iterator[Run]:
    """A round for the search; by step, each of its steps from the student's own state before."""
    from tracer.mistakes import Run

    tolerance, where = tolerance_of(check), (check.name, compared.round)
    ruler, came = compared.ruler, compared.came
    alone = list(each_step(ruler, compared.given, came, compared.follows)) if by_step else []
    if not alone:
        yield Run(compared.given, came, tolerance, where)
    for step, given in enumerate(alone):
        now = {name: array[step : step + 1] for name, array in came.items()}
        yield Run(given, now, tolerance, where)


def _worth(exercise: Exercise, judged: Judged, found: Diagnosis) -> Judged:
    """The same, with the share that a right answer in another convention has."""
    report = judged.report
    conventions = bool(found.named) and all(
        mistake.kind == "convention" for alike in found.named for mistake in alike
    )
    numbers_only = report.trouble is None or report.trouble.kind is Kind.DTYPE
    if not conventions or report.verdict is not Verdict.WRONG or not numbers_only:
        return judged
    share = tenths(exercise.convention_share * report.check.points, report.check.points)
    return replace(judged, report=replace(report, points=max(report.points, share)))


def _touched(exercise: Exercise, judged: Judged, found: Diagnosis) -> Judged:
    """The same; the first wrong number knows what the mistake makes other numbers of its step."""
    d = judged.report.difference
    if d is None or not found.edits or exercise.program is None:
        return judged
    compared = next(one for one in judged.rounds if one.round == d.call)
    try:
        changed = exercise.program.edited(found.edits).run(compared.given)
    except (InputError, IndexError):  # it cannot be computed on these numbers
        return judged
    touched = {
        name
        for name, array in changed.items()
        if name in compared.exact
        and not same(
            *(_step(exercise.program, name, a, d.step) for a in (array, compared.exact[name]))
        )
    }
    difference = replace(d, touched=frozenset(touched))
    return replace(judged, report=replace(judged.report, difference=difference))


def _step(program: Program, name: str, array: Array, step: int | None) -> Array:
    """The numbers of one step, of what has steps."""
    of_step: Array = array[step] if step is not None and has_steps(program, name) else array
    return of_step
