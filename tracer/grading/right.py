"""What is right in a check: what the equations give, or what the instructor's reference does."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from tracer.equations.expression import Expression
from tracer.exercises.axes import written
from tracer.exercises.cases import Case
from tracer.exercises.exercise import Check, Exercise, Function
from tracer.exercises.layout import Layout
from tracer.exercises.once import once
from tracer.exercises.plan import Call, readings, wanted_shapes
from tracer.grading.comparing import (
    Compared,
    Ruler,
    all_near,
    has_steps,
    held,
    near,
    tolerance_of,
)
from tracer.grading.request import Plan, returned
from tracer.program.following import following
from tracer.program.program import Carry

Array: TypeAlias = npt.NDArray[Any]
Came: TypeAlias = Mapping[tuple[int, str], Array]
"""What was returned, by call of the plan and key."""


class Right(Protocol):
    """What the judge asks of what is right."""

    @property
    def names(self) -> tuple[str, ...]:
        """The quantities that the check looks at."""
        ...

    def shapes(self, number: int, call: Call) -> Mapping[str, tuple[int, ...]]:
        """The shape that each array has which a call returns."""
        ...

    def names_in(self, call: Call, key: str) -> tuple[str, ...]:
        """The quantities that lie in an array which a call returns."""
        ...

    def letters(self, call: Call, key: str) -> str:
        """The axes of such an array, ``(N, H)``; empty where nothing is known of them."""
        ...

    def has_steps(self, name: str) -> bool:
        """Whether a quantity has an axis of steps."""
        ...

    def compared(self, came: Came) -> tuple[Compared, ...]:
        """Each round of which numbers came, held against what is right."""
        ...


@dataclass(frozen=True, slots=True)
class ByEquations:
    """The equations of the list say what is right.

    Attributes
    ----------
    exercise : Exercise
    case : Case
    known : dict
        What they give in each round, as far as it was computed; nobody changes these numbers.
    """

    exercise: Exercise
    case: Case
    known: dict[int, Mapping[str, Array]] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:  # noqa: D102 - as `Right` says
        return _names(self.exercise, self.case.check)

    def shapes(self, number: int, call: Call) -> Mapping[str, tuple[int, ...]]:  # noqa: ARG002, D102
        return wanted_shapes(self.exercise, self.case, call)

    def names_in(self, call: Call, key: str) -> tuple[str, ...]:  # noqa: D102
        return _leaves(self._function(call))[key].names

    def letters(self, call: Call, key: str) -> str:  # noqa: D102
        function = self._function(call)
        layout = _leaves(function)[key]
        return written(layout.axes(self.exercise.axes(function.over))) if layout.names else ""

    def _function(self, call: Call) -> Function:
        return next(f for f in self.exercise.functions if f.name == call.function)

    def has_steps(self, name: str) -> bool:  # noqa: D102
        assert self.exercise.program is not None
        return has_steps(self.exercise.program, name)

    def compared(self, came: Came) -> tuple[Compared, ...]:  # noqa: D102
        program, exactly = self.exercise.program, self.exercise.credit == "exact"
        assert program is not None
        tolerance = tolerance_of(self.case.check)
        rounds = []
        read = readings(self.exercise, self.case, came)
        rounds_read = zip(self.case.rounds, read, strict=True)
        for number, (given, (back, twice)) in enumerate(rounds_read):
            own = {name: array for name, array in back.items() if name in program.names}
            if own:
                with np.errstate(all="ignore"):  # the student's numbers may be anything
                    exact = self._exact(number, given)
                    # What follows from right numbers is right, and so is each call alone.
                    enough = exactly or all_near(own, exact, tolerance)
                    follows = exact if enough else following(program, given, own, tolerance)
                    alone = {} if enough else self._alone(given, own, follows)
                own |= {  # of what came twice, a wrong one is what is shown
                    name: array
                    for name, array in twice.items()
                    if not near(array, follows[name], tolerance).all()
                }
                rounds.append(held(program, number, given, own, exact, follows, tolerance, alone))
        return tuple(rounds)

    def _exact(self, number: int, given: Mapping[str, Array]) -> Mapping[str, Array]:
        if number not in self.known:
            assert self.exercise.program is not None
            self.known[number] = self.exercise.program.run(given)
            for array in self.known[number].values():
                array.flags.writeable = False
        return self.known[number]

    def _alone(
        self, given: Mapping[str, Array], came: Mapping[str, Array], follows: Mapping[str, Array]
    ) -> dict[str, Array]:
        """What each call of a step function should give, from what it was called with alone."""
        program = self.exercise.program
        assert program is not None
        if {function.over for function in self.exercise.functions} != {"step"}:
            return {}
        called = [program.run(now, wanted=came) for now in each_step(program, given, came, follows)]
        return {name: np.concatenate([found[name] for found in called]) for name in came if called}


@once
def _names(exercise: Exercise, check: Check) -> tuple[str, ...]:
    """The quantities that a check looks at."""
    asked = {
        name: None
        for function in exercise.called(check)
        for key, layout in _leaves(function).items()
        if key.partition(".")[0] in check.expect
        for name in layout.names
    }
    return tuple(asked)


@once
def _leaves(function: Function) -> Mapping[str, Layout]:
    """The arrays that a function returns."""
    return {
        key: leaf
        for name, layout in function.returns.items()
        if layout is not None
        for key, leaf in layout.leaves(name).items()
    }


def each_step(
    ruler: Ruler, given: Mapping[str, Array], came: Mapping[str, Array],
    follows: Mapping[str, Array],
) -> Iterator[dict[str, Array]]:  # fmt: skip
    """What each step forward is given, as a round of its own: the student's state before it.

    Nothing where that says no more than the round itself: of one step, and of a backward pass.
    """
    of_steps = [name for name in came if has_steps(ruler, name)]
    steps = min((len(came[name]) for name in of_steps), default=0)
    forward = all(name in of_steps and not name.startswith("d_") for name in came)
    if not forward or steps < 2:
        return
    for step in range(steps):
        now = {n: a[step : step + 1] if has_steps(ruler, n) else a for n, a in given.items()}
        for carry in ruler.carries.values() if step else ():
            if not carry.backward:
                now[carry.initial] = came.get(carry.of, follows[carry.of])[step - 1]
        if "lengths" in now:
            now["lengths"] = np.ones_like(now["lengths"])
        yield now


@dataclass(frozen=True, slots=True)
class Keys:
    """Names and axes of what a reference returns: nothing is known of how it is computed."""

    names: Mapping[str, tuple[str, ...]]
    order: tuple[str, ...]
    whole: frozenset[str] = frozenset()
    carries: Mapping[str, Carry] = field(default_factory=dict)

    def equation(self, name: str) -> Expression | None:  # noqa: ARG002, D102 - as `Ruler` says
        return None

    def backward(self, name: str) -> bool:  # noqa: ARG002, D102
        return False

    def from_the_end(self, names: Collection[str]) -> frozenset[str]:  # noqa: ARG002, D102
        return frozenset()


@dataclass(frozen=True, slots=True)
class ByReference:
    """What the reference gave for the same calls.

    Attributes
    ----------
    case : Case
    functions : tuple of Function
        Those that the check calls.
    plan : tuple of Call
    exact, follows : mapping
        With its own state handed on from call to call, and with the student's; nothing of a value
        that a check states.
    """

    case: Case
    functions: tuple[Function, ...]
    plan: Plan
    exact: Came
    follows: Came

    @property
    def names(self) -> tuple[str, ...]:  # noqa: D102 - as `Right` says
        keys = dict.fromkeys(key for _number, key in self.exact)
        return tuple(key for key in keys if key.partition(".")[0] in self.case.check.expect)

    def shapes(self, number: int, call: Call) -> Mapping[str, tuple[int, ...]]:  # noqa: D102
        right = {key: self.exact.get((number, key)) for key in returned(call)}
        return {key: () if array is None else array.shape for key, array in right.items()}

    def names_in(self, call: Call, key: str) -> tuple[str, ...]:  # noqa: ARG002, D102
        return (key,)

    def letters(self, call: Call, key: str) -> str:  # noqa: ARG002, D102
        return ""

    def has_steps(self, name: str) -> bool:  # noqa: D102
        return any(call.step and name in returned(call) for call in self.plan)

    def compared(self, came: Came) -> tuple[Compared, ...]:  # noqa: D102
        right = {key: array for (_number, key), array in self.exact.items()}
        names = {key: self._axes(key, array.ndim) for key, array in right.items()}
        whole = frozenset(key for key, array in right.items() if array.dtype.kind in "iu")
        order = [key for function in self.functions for key in function.shown if key in names]
        keys = Keys(names, tuple(dict.fromkeys([*order, *names])), whole)
        tolerance = tolerance_of(self.case.check)
        rounds = []
        for number in range(len(self.case.rounds)):
            exact, follows, own = (
                self.of_round(arrays, number) for arrays in (self.exact, self.follows, came)
            )
            if own:
                rounds.append(held(keys, number, {}, own, exact, exact | follows, tolerance))
        return tuple(rounds)

    def _axes(self, key: str, rank: int) -> tuple[str, ...]:
        """The axes in letters; without a letter where the exercise says none."""
        shown = [f.shown[key] for f in self.functions if key in f.shown]
        fits = [tuple(map(str, axes)) for axes in shown if len(axes) == rank]
        return (*("T",) * self.has_steps(key), *next(iter(fits), ("",) * rank))

    def of_round(self, came: Came, number: int) -> dict[str, Array]:
        """The arrays of a round by key, those of several steps one after the other."""
        found: dict[str, list[Array]] = {}
        for n, call in enumerate(self.plan):
            for key in returned(call) if call.round == number else ():
                if (n, key) in came and (n, key) in self.exact:
                    found.setdefault(key, []).append(np.asarray(came[n, key], np.float64))
        return {
            key: np.stack(arrays) if self.has_steps(key) else arrays[-1]
            for key, arrays in found.items()
        }
