"""What the student's process is asked to do, and how what came back is read.

The child gets calls, with arrays that lie as the student's function wants them, and knows nothing
of the list's names or of layouts. What came back is turned into the list's quantities out here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tracer.exercises.cases import Case
from tracer.exercises.drawing import as_python
from tracer.exercises.exercise import Exercise, Function
from tracer.exercises.handing import Source, Turn, given, handed_on, initial, returned, turns
from tracer.exercises.laying_out import laid_out, read_off
from tracer.exercises.layout import Anything, Array, Drawn, Fixed, Grouped, Layout, Learned, Stated
from tracer.exercises.once import once
from tracer.exercises.structure import Constant, Group, Kept, Leaf, Own, Structure, replaced


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a function.

    Attributes
    ----------
    function : str
        ``"lstm_step"``; of a method with its class, ``"LSTMCell.step"``.
    made_with : tuple of (str, Structure), or None
        The arguments with which an object of the class is made first; None for a plain function,
        and for a method of the object of this class that was made last.
    arguments : tuple of (str, Structure)
        In their order, with the names of the signature.
    returns : Structure
        What comes back: its leaves are sent, what is kept stays in the child.
    round, step : int
        Which numbers it is called with, and at which step.
    nopython : bool
        Whether the function is compiled with ``numba.njit`` first.
    launched : bool
        Whether it is not the function that is called, but the kernel that its last call launched.
    arrays : mapping of str to array
        What its leaves are, by key, in the student's layout and dtype.
    """

    function: str
    made_with: tuple[tuple[str, Structure], ...] | None
    arguments: tuple[tuple[str, Structure], ...]
    returns: Structure
    round: int
    step: int
    nopython: bool
    launched: bool
    arrays: Mapping[str, Array]

    def json(self) -> dict[str, Any]:
        """What the child reads of it: not the arrays, nor of which round and step it is."""
        made = self.made_with
        return {
            "function": self.function,
            "made_with": None if made is None else [[name, part.json()] for name, part in made],
            "arguments": [[name, part.json()] for name, part in self.arguments],
            "returns": self.returns.json(),
            "nopython": self.nopython,
            "launched": self.launched,
        }

    def given(self, by: Callable[[Structure], Structure]) -> Call:
        """The same call with other parts in the place of what it gets."""

        def put(parts: tuple[tuple[str, Structure], ...]) -> tuple[tuple[str, Structure], ...]:
            return tuple((name, replaced(part, by)) for name, part in parts)

        made = None if self.made_with is None else put(self.made_with)
        return replace(self, made_with=made, arguments=put(self.arguments))


def plan(exercise: Exercise, case: Case) -> tuple[Call, ...]:
    """The calls of a check, a step of a step function each for itself."""
    sources = handed_on(exercise, case.check, case.sizes["T"])
    values = [_values(exercise, case, numbers) for numbers in case.rounds]
    calls = []
    for number, turn in enumerate(_turns(exercise, case)):
        first = turn.round * len(sources)
        calls.append(
            _call(exercise, case, turn, values[turn.round], sources[number - first], first)
        )
    return tuple(calls)


def wanted_shapes(exercise: Exercise, case: Case, call: Call) -> Mapping[str, tuple[int, ...]]:
    """The shape of each returned array, by its key; with a reference nothing is known of them."""
    function = next(f for f in exercise.functions if f.name == call.function)
    known = exercise.axes(function.over)
    found = {
        key: tuple(axis.length(case.sizes) for axis in layout.axes(known))
        for key, layout in _leaves(function).items()
        if isinstance(layout, (Stated, Learned))
    }
    if exercise.program is None:
        return found
    return found | {
        key: tuple(axis.length(case.sizes) for axis in layout.axes(known))
        for key, layout in returned(function).items()
    }


def read_back(
    exercise: Exercise, case: Case, came: Mapping[tuple[int, str], Array]
) -> tuple[Mapping[str, Array], ...]:
    """For each round, the quantities that came back, in the list's names and axes.

    Parameters
    ----------
    exercise : Exercise
    case : Case
    came : mapping of (int, str) to array
        What each call returned, by the call's number and the key. An array that is not of the
        wanted shape is passed over.

    Returns
    -------
    tuple of mapping
        Of a function that was called step by step, as many steps as came, the first ones. What a
        check does not expect is not in it. One number, or one True or False, that a check states
        goes by its key.
    """
    return tuple(found for found, _again in readings(exercise, case, came))


def readings(
    exercise: Exercise, case: Case, came: Mapping[tuple[int, str], Array]
) -> list[tuple[dict[str, Array], dict[str, Array]]]:
    """The same, and what came a second time: the gradient of a second bias is the first one's."""
    rounds: list[list[dict[str, dict[int, Array]]]] = [[{}, {}] for _ in case.rounds]
    whole = -1  # the step of what has no steps, or all of them
    for number, turn in enumerate(_turns(exercise, case)):
        function = turn.function
        known = exercise.axes(function.over)
        for key, layout in _leaves(function).items():
            array = came.get((number, key))
            if array is None or key.partition(".")[0] not in case.check.expect:
                continue
            if isinstance(layout, Learned):  # no quantity, though it is called like one
                continue
            if exercise.program is None or isinstance(layout, Stated):
                parts = {key: array}
            elif array.shape == tuple(a.length(case.sizes) for a in layout.axes(known)):
                parts = read_off(layout, array, known, case.sizes)
            else:
                continue
            for name, part in parts.items():
                step = turn.step if _in_steps(exercise, function, layout, name) else whole
                first, again = rounds[turn.round]
                twice = step in first.get(name, {})
                (again if twice else first).setdefault(name, {})[step] = part
    return [(_stacked(first), _stacked(again)) for first, again in rounds]


def _in_steps(exercise: Exercise, function: Function, layout: Layout, name: str) -> bool:
    """Whether what a call returns is one step of a quantity."""
    if function.over == "sequence" or isinstance(layout, Stated):
        return False
    return exercise.program is None or "T" in exercise.program.names[name]


def _stacked(found: Mapping[str, Mapping[int, Array]]) -> dict[str, Array]:
    whole = {}
    for name, steps in found.items():
        if -1 in steps:
            whole[name] = steps[-1]
            continue
        came = [steps[t] for t in range(len(steps)) if t in steps]
        if 0 in steps and len({array.shape for array in came}) == 1:
            whole[name] = np.stack(came)
    return whole


def _turns(exercise: Exercise, case: Case) -> tuple[Turn, ...]:
    return turns(exercise, case.check, len(case.rounds), case.sizes["T"])


@once
def _leaves(function: Function) -> Mapping[str, Layout]:
    """Every array that a function returns, and every value that is looked at."""
    found: dict[str, Layout] = {}
    for name, layout in function.returns.items():
        found |= {} if layout is None else layout.leaves(name)
    return {key: layout for key, layout in found.items() if not isinstance(layout, Anything)}


def _values(exercise: Exercise, case: Case, numbers: Mapping[str, Array]) -> dict[str, Array]:
    """What the functions get, in the list's axes: what is given, and what follows from it."""
    if exercise.program is None:
        return dict(numbers)
    taken = {
        n for _key, layout in given(exercise, case.check, case.sizes["T"]) for n in layout.names
    }
    first = initial(exercise)
    missing = taken - numbers.keys() - first.keys()
    values = dict(numbers)
    if missing:  # blocks of a parameter, each under its own name
        values |= exercise.program.run(numbers, wanted=missing)
    return values | {before: numbers[at] for before, at in first.items() if at in numbers}


def _call(
    exercise: Exercise, case: Case, turn: Turn, values: Mapping[str, Array],
    sources: Mapping[str, Source], first: int,
) -> Call:  # fmt: skip
    """One call; `sources` say what of it earlier calls of the round, from `first` on, returned."""
    function, arrays = turn.function, {}

    def filled(name: str, layout: Layout | None) -> Structure:
        match layout:
            case None | Anything():
                return Kept(name)
            case Fixed(value):
                return Constant(value)
            case Grouped(kind, named):
                parts = tuple((part, filled(f"{name}.{part}", inner)) for part, inner in named)
                return Group(kind, parts)
        if name in sources:
            return Own(first + sources[name].call, sources[name].key)
        if isinstance(layout, Drawn) and (text := as_python(layout.how, name, values)) is not None:
            return text
        array = _array(exercise, case, turn, name, layout, values)
        array = array.astype(case.check.dtype) if array.dtype.kind == "f" else array
        if not array.ndim:  # a learning rate is no array
            return Constant(array.item())
        arrays[name] = np.ascontiguousarray(array)
        return Leaf(name)

    def structured(items: Mapping[str, Layout | None]) -> tuple[tuple[str, Structure], ...]:
        return tuple((name, filled(name, layout)) for name, layout in items.items())

    made = function.made_with
    return Call(
        function=function.name,
        made_with=None if made is None or turn.step else structured(made),
        arguments=structured(function.arguments),
        returns=_returned(exercise, function),
        round=turn.round,
        step=turn.step,
        nopython=case.check.nopython,
        launched=case.check.launched and turn.round == len(case.rounds) - 1,
        arrays=arrays,
    )


def _array(
    exercise: Exercise, case: Case, turn: Turn, key: str, layout: Layout,
    values: Mapping[str, Array],
) -> Array:  # fmt: skip
    """An argument's numbers, as the student's function wants them."""
    one = turn.function.over == "step"
    if isinstance(layout, Drawn):
        at = [n for n, axis in enumerate(layout.drawn) if axis.letters == ("T",)]
        return values[key].take(turn.step, at[0]) if one and at else values[key]
    assert exercise.program is not None
    now = {}
    for name in layout.names:
        steps = "T" in exercise.program.names[name] and name not in initial(exercise)
        now[name] = values[name][turn.step] if one and steps else values[name]
    return laid_out(layout, now, exercise.axes(turn.function.over), case.sizes)


@once
def _returned(exercise: Exercise, function: Function) -> Structure:
    known = exercise.axes(function.over) if exercise.program is not None else None

    def what(key: str, layout: Layout | None) -> Structure:
        match layout:
            case None | Anything():
                return Kept(key)
            case Grouped(kind, named):
                return Group(kind, tuple((n, what(f"{key}.{n}", part)) for n, part in named))
        if isinstance(layout, Stated):
            return Leaf(key, 0)
        if isinstance(layout, Drawn):
            return Leaf(key, len(layout.drawn))
        return Leaf(key, None if known is None else len(layout.axes(known)))

    parts = tuple((name, what(name, layout)) for name, layout in function.returns.items())
    return parts[0][1] if len(parts) == 1 else Group("tuple", parts)
