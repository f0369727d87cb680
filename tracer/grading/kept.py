"""What a process that grades one submission after the other keeps for the next ones.

With one seed for a class, every submission of an exercise gets the same numbers; and where many
students make the same slip, the same wrong numbers come back. Both are worked out once. Only what
is a function of the exercise, the seed and numbers is kept: a grade is the same with it or without.
It lies in the grader's process, which no answer runs in, and is bounded.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from tracer.exercises.exercise import Exercise
from tracer.grading.comparing import Compared
from tracer.grading.task import Task, tasks
from tracer.sandbox.process import Wall

if TYPE_CHECKING:
    from tracer.mistakes import Diagnosis

Array = npt.NDArray[Any]

EXERCISES = 64
"""Exercises of which the numbers are kept, each for one seed."""

BYTES = 2**25
"""Bytes of all these numbers together, with what is right for them; most exercises have 10,000 to
200,000, and one that trains a network 4 million."""

SEARCHES = 4096
"""Searches for a mistake whose end is kept."""

V = TypeVar("V")


class Kept:
    """Nothing at first, and soon all that is asked for again and again."""

    def __init__(self) -> None:
        self._tasks: Table[list[Task]] = Table(EXERCISES, _bytes)
        self._searched: Table[Diagnosis] = Table(SEARCHES)

    def tasks(self, exercise: Exercise, seed: int, wall: Wall) -> list[Task]:
        """Every check of an exercise; see `tracer.grading.task.tasks`."""
        return self._tasks.of(exercise, seed, lambda: tasks(exercise, seed, wall))

    def searched(
        self, exercise: Exercise, rounds: Iterable[tuple[str, Compared]],
        search: Callable[[], Diagnosis],
    ) -> Diagnosis:  # fmt: skip
        """What a search for the mistake gives that reads these rounds of checks."""
        return self._searched.of(exercise, _digest(rounds), search)


class Table(Generic[V]):
    """What was worked out of an exercise, by what it hangs on; so much of it, the last used.

    Parameters
    ----------
    most : int
        How many values.
    bytes_of : callable
        How much one takes. That may grow until the next one is asked for.
    """

    def __init__(self, most: int, bytes_of: Callable[[V], int] = lambda _value: 0) -> None:
        self._most = most
        self._bytes_of = bytes_of
        # With the exercise, whose place no other one takes as long as it is there.
        self._known: OrderedDict[Hashable, tuple[Exercise, V]] = OrderedDict()
        self._bytes: dict[Hashable, int] = {}
        self._total = 0

    def of(self, exercise: Exercise, key: Hashable, made: Callable[[], V]) -> V:
        """The value for a key, made now if it is not there."""
        self._weigh_last()
        whole = id(exercise), key
        if whole not in self._known:
            self._known[whole] = exercise, made()
        self._known.move_to_end(whole)
        value = self._known[whole][1]
        self._weigh_last()
        return value

    def _weigh_last(self) -> None:
        """Weigh what was asked for last, and forget as much as is too much."""
        if not self._known:
            return
        last = next(reversed(self._known))
        takes = self._bytes_of(self._known[last][1])
        self._total += takes - self._bytes.get(last, 0)
        self._bytes[last] = takes
        while self._known and (len(self._known) > self._most or self._total > BYTES):
            first, _gone = self._known.popitem(last=False)
            self._total -= self._bytes.pop(first)

    def __len__(self) -> int:
        return len(self._known)


def _bytes(made: Sequence[Task]) -> int:
    """How much the numbers of some checks take, and what is right; nobody changes them any more."""
    arrays: dict[int, Array] = {}
    for task in made:
        named: list[Mapping[Any, Array]] = [*task.case.rounds, *task.case.held_back, task.exact]
        named += task.known.values()
        named += [call.arrays for call in task.plan]
        arrays |= {id(array): array for some in named for array in some.values()}
    for array in arrays.values():
        array.flags.writeable = False
    return sum(array.nbytes for array in arrays.values())


def _digest(rounds: Iterable[tuple[str, Compared]]) -> bytes:
    """All numbers that such a search reads, in short."""
    found = hashlib.blake2b(digest_size=32)
    for check, compared in rounds:
        found.update(f"{check}\0{compared.round}\0".encode())
        for numbers in (compared.given, compared.came, compared.follows):
            _add(found, numbers)
    return found.digest()


def _add(to: Any, numbers: Mapping[str, Any]) -> None:
    to.update(f"{len(numbers)}\0".encode())
    for name, value in numbers.items():
        array = np.asarray(value)
        to.update(f"{name}\0{array.dtype.str}{array.shape}".encode())
        to.update(array.tobytes())
