"""Where a submission's numbers first part from the equations, in the order of computing.

Each quantity is expected to follow from the student's *own* numbers: those of the step before, and
of the quantities computed before it. So a number counts as wrong only where something goes wrong,
not where an earlier mistake is carried on. What is right by the equations alone is right as well,
however wrong the numbers before it are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from tracer.equations.expression import Expression
from tracer.exercises.exercise import Check
from tracer.grading.report import Difference, Standing
from tracer.program.program import Carry

Array: TypeAlias = npt.NDArray[Any]
Mask: TypeAlias = npt.NDArray[np.bool_]

TOLERANCE: Mapping[str, float] = {"float64": 1e-5, "float32": 1e-4}
"""How far a number may be off, as a share of the largest of its quantity. Who computes in float32
where float64 came is off by 1e-6 and right; the smallest of the known mistakes changes 4e-3."""

ROUNDING = 1e-9
"""Numbers that are no further apart are the same, computed in another order."""


class Ruler(Protocol):
    """What names and orders the quantities: a program, or the keys of what a reference returns."""

    @property
    def names(self) -> Mapping[str, tuple[str, ...]]:
        """Each quantity and its axes in letters; what has steps begins with T."""
        ...

    @property
    def order(self) -> tuple[str, ...]:
        """The quantities that are computed, in their order."""
        ...

    @property
    def carries(self) -> Mapping[str, Carry]:
        """What one step of a loop hands to the next."""
        ...

    def equation(self, name: str) -> Expression | None:
        """What a quantity is computed from; None where nothing is known of it."""
        ...

    @property
    def whole(self) -> frozenset[str]:
        """Quantities of whole numbers, like the number of a word."""
        ...

    def backward(self, name: str) -> bool:
        """Whether it is computed in the backward pass."""
        ...

    def from_the_end(self, names: Collection[str]) -> frozenset[str]:
        """Which of these are computed from the last step to the first."""
        ...


@dataclass(frozen=True, slots=True)
class Compared:
    """One round of calls, held against what is right.

    Attributes
    ----------
    ruler : Ruler
    round : int
        From 0.
    given : mapping
        What the functions were called with, by quantity; nothing, where no equations say it.
    came : mapping
        What the student's functions gave back, by quantity; of a sequence that ended early, the
        steps that came.
    exact : mapping
        What is right, every quantity.
    follows : mapping
        The same from the student's own numbers.
    wrong : mapping
        Where a quantity that came is neither of the two, nor what its call alone should give.
    inexact : mapping
        Where it is not what is right.
    """

    ruler: Ruler
    round: int
    given: Mapping[str, Array]
    came: Mapping[str, Array]
    exact: Mapping[str, Array]
    follows: Mapping[str, Array]
    wrong: Mapping[str, Mask]
    inexact: Mapping[str, Mask]

    def standing(self, name: str) -> Standing:
        """How one quantity that came stands."""
        if self.wrong[name].any():
            return Standing.WRONG
        return Standing.FOLLOWS if self.inexact[name].any() else Standing.RIGHT

    def empty(self, name: str) -> bool:
        """Whether its numbers are all 0, or NaN among them, where they should not be."""
        came = self.came[name]
        exact = self.exact[name][_part(came)]
        zero = not came.any() and bool(exact.any())
        return zero or bool((~np.isfinite(came) & np.isfinite(exact)).any())

    def hollow(self, name: str) -> bool:
        """Whether it is empty, or right only for what is: w after no step, where m is 0."""
        if self.empty(name):
            return True
        if not self.inexact[name].any():
            return False
        steps = self._steps(name)
        behind = (_behind(self.ruler, name, t, self.came, self._last_step()) for t in steps)
        return any(
            self.empty(other) for other in {other for found in behind for other, _t in found}
        )

    def differences(self, names: Collection[str]) -> Iterator[Difference]:
        """The first wrong number of each quantity at each step, in the order of computing."""
        from_the_end = self.ruler.from_the_end(self.came)
        places = [
            (_when(self.ruler, name, step, from_the_end=name in from_the_end), name, step)
            for name in names
            if name in self.wrong
            for step in self._steps(name)
        ]
        for _order, name, step in sorted(places, key=lambda place: place[0]):
            if self.wrong[name][_at(step)].any():
                yield self._difference(name, step, from_the_end=name in from_the_end)

    def _steps(self, name: str) -> tuple[int | None, ...]:
        return tuple(range(len(self.wrong[name]))) if has_steps(self.ruler, name) else (None,)

    def _difference(self, name: str, step: int | None, *, from_the_end: bool) -> Difference:
        every, wrong = self.wrong[name], self.wrong[name][_at(step)]
        good = [n for n, one in enumerate(every) if not one.any()] if step is not None else []
        follows = tuple(n for n in good if self.inexact[name][n].any())
        return Difference(
            call=self.round,
            step=step,
            quantity=name,
            axes=tuple(axis for axis in self.ruler.names[name] if axis != "T"),
            at=tuple(int(place) for place in np.argwhere(wrong)[0]),
            got=self.came[name][_at(step)],
            expected=self.follows[name][_at(step)],
            wrong=wrong,
            right_steps=tuple(n for n in good if n not in follows),
            following_steps=follows,
            steps=1 if step is None else len(every),
            from_the_end=from_the_end,
            whole=name in self.ruler.whole,
            own=self._own(name, step),
            values=self._values(name, step),
        )

    def _own(self, name: str, step: int | None) -> tuple[str, ...]:
        """Quantities that came, are not right, and make what is expected of this one differ."""
        follows, exact = self.follows[name][_at(step)], self.exact[name][_at(step)]
        if near(follows, exact, ROUNDING).all():
            return ()
        own = {
            other
            for other, at in _behind(self.ruler, name, step, self.came, self._last_step())
            if self.inexact[other][_at(at)].any()
        }
        return tuple(other for other in self.ruler.order if other in own)

    def _last_step(self) -> int:
        """The last step of the round, from 0."""
        steps = [len(a) for name, a in self.exact.items() if has_steps(self.ruler, name)]
        return max(steps, default=1) - 1

    def _values(self, name: str, step: int | None) -> Mapping[str, Array]:
        """One step of everything, as the expected number is computed from it."""
        values = {**self.given, **self.follows, **self.came, name: self.follows[name]}
        return {
            other: array[step] if step is not None and has_steps(self.ruler, other) else array
            for other, array in values.items()
            if step is None or not has_steps(self.ruler, other) or step < len(array)
        }


def has_steps(ruler: Ruler, name: str) -> bool:
    """Whether a quantity has an axis of steps, which is its first."""
    return ruler.names[name][:1] == ("T",)


def tolerance_of(check: Check) -> float:
    """How far a number of this check may be off, as a share of the largest of its quantity.

    It comes from the check alone. With stretched inputs, who computes in float32 has lost more of a
    sum before it is squeezed: of inputs times 5000, up to 5e-5 of the largest number.
    """
    stretched = max([1.0, *(factor / 100 for factor in check.large.values())])
    return check.tolerance or TOLERANCE[check.dtype] * stretched


def held(
    ruler: Ruler, number: int, given: Mapping[str, Array], came: Mapping[str, Array],
    exact: Mapping[str, Array], follows: Mapping[str, Array], tolerance: float,
    alone: Mapping[str, Array] = MappingProxyType({}),
) -> Compared:  # fmt: skip
    """Hold what came in a round against what is right, and against what follows from itself.

    `alone` is what is right for a call by itself, whatever else it has returned.
    """
    came = {name: array.astype(np.float64) for name, array in came.items()}
    inexact = {name: ~near(a, exact[name][_part(a)], tolerance) for name, a in came.items()}
    wrong = dict(inexact)
    if follows is not exact:
        for name, array in came.items():
            wrong[name] = inexact[name] & ~near(array, follows[name][_part(array)], tolerance)
    for name, array in alone.items():
        wrong[name] = wrong[name] & ~near(came[name][: len(array)], array, tolerance)
    return Compared(ruler, number, given, came, exact, follows, wrong, inexact)


def all_near(came: Mapping[str, Array], exact: Mapping[str, Array], tolerance: float) -> bool:
    """Whether all that came is right."""
    return all(near(a, exact[name][_part(a)], tolerance).all() for name, a in came.items())


def near(got: Array, expected: Array, tolerance: float) -> Mask:
    """Where two arrays agree. What follows from a NaN of the student's own is not wrong again."""
    with np.errstate(all="ignore"):
        finite = np.abs(expected[np.isfinite(expected)])
        largest = max(float(finite.max(initial=0.0)), 1e-9)
        close = np.abs(got - expected) <= tolerance * largest
    agree: Mask = close | (got == expected) | (np.isnan(got) & np.isnan(expected))
    return agree


def _part(array: Array) -> Any:
    """As many steps as came, of what has steps; all of what has no axes."""
    return slice(len(array)) if array.ndim else ...


def _at(step: int | None) -> Any:
    return ... if step is None else step


def _when(ruler: Ruler, name: str, step: int | None, *, from_the_end: bool) -> tuple[int, int, int]:
    """When a number is computed: in each pass step by step, and then what has no steps."""
    order, backward = ruler.order.index(name), ruler.backward(name)
    if step is None:
        return 2 * backward + 1, 0, order
    return 2 * backward, -step if from_the_end else step, order


def _behind(
    ruler: Ruler, name: str, step: int | None, came: Mapping[str, Array], last: int
) -> set[tuple[str, int | None]]:
    """What a number is computed from, back to what came, each with its step."""
    handed = {carry.into: carry for carry in ruler.carries.values()}
    found: set[tuple[str, int | None]] = set()
    seen: set[tuple[str, int | None]] = set()
    waiting: list[tuple[str, int | None]] = [(name, step)]
    while waiting:
        now, at = waiting.pop()
        equation = ruler.equation(now)
        reads = set(equation.reads) if equation is not None else set()
        if now in handed:
            carry = handed[now]
            reads = {carry.of}
            if at is not None:
                at += carry.back if carry.backward else -carry.back
                reads = reads if 0 <= at <= last else set()  # else it reads what was given
        places: set[tuple[str, int | None]] = {
            (read, at if has_steps(ruler, read) else None) for read in reads if read in ruler.names
        }
        for read, there in places - seen:
            seen.add((read, there))
            if read in came and (there is None or there < len(came[read])):
                found.add((read, there))
            else:
                waiting.append((read, there))
    return found


def same(one: Array, other: Array) -> bool:
    """Whether two arrays have the same shape and numbers."""
    return one.shape == other.shape and bool(np.allclose(one, other, 1e-9, 1e-12, equal_nan=True))
