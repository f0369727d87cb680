"""Which calls a check makes, and where each argument comes from: drawn, or handed on.

What a function returned goes into a later one as it is: a cache, a gate, the state into the next
step. So an answer is judged from its own earlier numbers, and a cache never leaves its process.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import NamedTuple

from tracer.errors import InputError
from tracer.exercises.exercise import Check, Exercise, Function
from tracer.exercises.layout import Anything, Drawn, Fixed, Layout, Name
from tracer.exercises.once import once


class Turn(NamedTuple):
    """One call of a function, at one step of one round."""

    round: int
    step: int
    function: Function


class Source(NamedTuple):
    """The earlier call of a round, counted from its first, and which of its numbers are taken."""

    call: int
    key: str


@once
def turns(exercise: Exercise, check: Check, rounds: int, steps: int) -> tuple[Turn, ...]:
    """The calls in their order: functions of one step in turn, and that for each step."""
    found = []
    for number in range(rounds):
        for over, group in groupby(exercise.called(check), key=lambda function: function.over):
            functions = list(group)
            for step in range(steps if over == "step" else 1):
                found += [Turn(number, step, function) for function in functions]
    return tuple(found)


@once
def taken(function: Function) -> Mapping[str, Layout | None]:
    """Everything that goes into a function, array by array; None where it is handed on whole."""
    found: dict[str, Layout | None] = {}
    for name, layout in function.taken.items():
        found |= {name: None} if layout is None else layout.leaves(name)
    return found


@once
def returned(function: Function) -> Mapping[str, Layout]:
    """Everything that comes back and is looked at, array by array."""
    found: dict[str, Layout] = {}
    for name, layout in function.returns.items():
        found |= {} if layout is None else layout.leaves(name)
    return {key: layout for key, layout in found.items() if layout.names}


@once
def states(exercise: Exercise) -> Mapping[str, str]:
    """What each step reads of the one before: ``{"h_prev": "h", "c_prev": "c"}``."""
    if exercise.program is not None:
        carries = exercise.program.carries.values()
        return {carry.into: carry.of for carry in carries if not carry.backward}
    back = {name for function in exercise.functions for name in function.returns}
    return {f"{name}_prev": name for name in back}


@once
def counts_steps(exercise: Exercise) -> bool:
    """Whether its functions know of steps: they go through them, or take what one hands over."""
    carries = exercise.program.carries.values() if exercise.program is not None else ()
    handed_over = {*states(exercise), *(carry.into for carry in carries)}
    return any(
        function.over == "sequence" or not handed_over.isdisjoint(_names(layout, key))
        for function in exercise.functions
        for key, layout in taken(function).items()
        if layout is not None
    )


@once
def initial(exercise: Exercise) -> Mapping[str, str]:
    """What stands for it at the first step: ``{"h_prev": "h_0", "c_prev": "c_0"}``."""
    carries = exercise.program.carries.values() if exercise.program is not None else ()
    return {carry.into: carry.initial for carry in carries if not carry.backward}


@once
def handed_on(exercise: Exercise, check: Check, steps: int) -> tuple[Mapping[str, Source], ...]:
    """For each call of a round, the arrays that an earlier one returned.

    Raises
    ------
    InputError
        If a function takes what came back in another layout, or a state that nothing gives it.
    """
    before = states(exercise)
    found: list[dict[str, Source]] = []
    last: dict[Layout, Source] = {}
    own: dict[Layout, Source] = {}
    at = ("", -1)
    for number, (_round, step, function) in enumerate(turns(exercise, check, 1, steps)):
        if (function.over, step) != at:
            last = own if step else {}
            own, at = {}, (function.over, step)
        sources = {}
        for key, layout in taken(function).items():
            if layout is None or isinstance(layout, (Fixed, Anything)):
                continue
            state = [name for name in _names(layout, key) if name in before]
            if step and state:
                source = last.get(_plain(layout, key, before))
                if source is None:
                    raise InputError(
                        f"with T in sizes, {key} of {function.name} comes from the step before; "
                        f"no function returns {' and '.join(before[name] for name in state)} "
                        "in the same layout"
                    )
                sources[key] = source
            elif (source := own.get(_plain(layout, key, {}))) is not None:
                sources[key] = source
            elif found_before := set(_names(layout, key)) & {n for done in own for n in done.names}:
                raise InputError(
                    f"{key} of {function.name} is laid out as {layout}; an earlier function "
                    f"returns {', '.join(sorted(found_before))} in another layout, and what one "
                    "function returns goes into the next as it is"
                )
        found.append(sources)
        own |= {layout: Source(number, key) for key, layout in returned(function).items()}
    return tuple(found)


def loose_states(exercise: Exercise, check: Check) -> list[str]:
    """Which states of a cell a check with several steps does not hand on; empty if it may not."""
    if exercise.program is None:
        return []
    step = [f for f in exercise.called(check) if f.over == "step"]
    goes_in = {n for f in step for a in taken(f).values() if a is not None for n in a.names}
    comes_out = {name for f in step for layout in returned(f).values() for name in layout.names}
    needed = states(exercise)
    if not any(before in goes_in or after in comes_out for before, after in needed.items()):
        return []
    missing = [before for before in needed if before not in goes_in]
    return missing + [after for after in needed.values() if after not in comes_out]


@once
def given(exercise: Exercise, check: Check, steps: int) -> tuple[tuple[str, Layout], ...]:
    """The arrays that a check makes itself, with their keys: what no function hands on."""
    found: list[tuple[str, Layout]] = []
    steps = min(steps, 2)  # a third step takes nothing else than the second
    round_ = zip(turns(exercise, check, 1, steps), handed_on(exercise, check, steps), strict=True)
    for turn, sources in round_:
        for key, layout in taken(turn.function).items():
            if layout is not None and key not in sources and (key, layout) not in found:
                found.append((key, layout))
    return tuple(found)


def _names(layout: Layout, key: str) -> tuple[str, ...]:
    return (key,) if isinstance(layout, Drawn) else layout.names


def _plain(layout: Layout, key: str, before: Mapping[str, str]) -> Layout:
    """What must have been returned for it: a drawn array goes by its key, as a reference's do."""
    return Name(before.get(key, key)) if isinstance(layout, Drawn) else layout.renamed(before)
