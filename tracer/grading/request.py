"""What a student's process is asked to do: a plan and the arrays that go in.

Nothing in it is right, and no check says what it is about, so that none can be told from the
others by its plan.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from tracer.exercises.once import once
from tracer.exercises.plan import Call
from tracer.exercises.structure import Group, Kept, Leaf, Own, Structure
from tracer.sandbox.asking import packed
from tracer.sandbox.process import Limits

Array = npt.NDArray[Any]
Plan = tuple[Call, ...]

ROOM = 8
"""How many times larger than asked for an array may be that still comes back, to be shown."""


def request(
    file: tuple[str, str], plans: Sequence[Plan], limits: Limits, mark: str, *,
    most: int, apart: bool = False, watch: int | None = None,
    own: Mapping[str, bytes] = MappingProxyType({}), simulated: bool = False,
) -> bytes:  # fmt: skip
    """The plan and the arrays of several checks.

    Parameters
    ----------
    file : tuple of str
        Its name, and that of the module which it becomes.
    plans : sequence of tuple of Call
        The calls of each check.
    limits : Limits
    mark : str
        What the runner writes between the prints of two checks.
    most : int
        Bytes of the largest array that goes in or is asked for.
    apart : bool
        Whether each check runs in a process of its own.
    watch : int, optional
        The call that is recorded line by line.
    own : mapping of str to bytes
        What the file may import of the student's own: the program of each module.
    simulated : bool
        Whether Numba's simulator plays a CUDA card.
    """
    checks = []
    arrays = {f"own/{name}": np.frombuffer(source, np.uint8) for name, source in own.items()}
    for number, plan in enumerate(plans):
        addresses: dict[int, str] = {}
        for n, call in enumerate(plan):
            for key, array in call.arrays.items():
                if id(array) not in addresses:  # the weights are the same ones at every step
                    addresses[id(array)] = f"{number}/{n}/{key}"
                    arrays[addresses[id(array)]] = array
        checks.append({"id": number, "calls": [_call(call, addresses) for call in plan]})
    asked = {
        "file": file[0],
        "module": file[1],
        "mark": mark,
        "memory": limits.memory,
        "disk": limits.disk,
        "seconds": math.ceil(limits.budget) + 60,  # the grader ends it before that
        "most": room(most),
        "apart": apart,
        "watch": watch,
        "own": list(own),
        "simulated": simulated,
        "checks": checks,
    }
    return packed(asked, arrays)


def room(most: int) -> int:
    """How many bytes an array may have that comes back, if the largest that goes in has `most`."""
    return ROOM * max(most, 2**14)


def returned(call: Call) -> tuple[str, ...]:
    """The keys of the arrays that a call gives back."""
    return _keys(call.returns)


@once
def _keys(structure: Structure) -> tuple[str, ...]:
    return tuple(part.key for part in leaves(structure) if isinstance(part, Leaf))


def given(call: Call) -> tuple[tuple[str, Leaf | Own], ...]:
    """The arrays that a call gets, each with its argument, in the order of the runner."""
    named = (*(call.made_with or ()), *call.arguments)
    return tuple(
        (name, part)
        for name, structure in named
        for part in leaves(structure)
        if isinstance(part, (Leaf, Own))
    )


def entries(call: Call) -> tuple[str, ...]:
    """How Python writes the place of each of these: ``x``, ``forward["c"]``, ``weights[0]``."""
    named = (*(call.made_with or ()), *call.arguments)
    return tuple(entry for name, part in named for entry in _entries(name, part))


def _entries(place: str, structure: Structure) -> Iterator[str]:
    if isinstance(structure, Group):
        for n, (name, part) in enumerate(structure.parts):
            key = f'"{name}"' if structure.kind == "dict" else n
            yield from _entries(f"{place}[{key}]", part)
    elif isinstance(structure, (Leaf, Own)):
        yield place


def leaves(structure: Structure) -> Iterator[Structure]:
    """The parts of a structure that are no groups."""
    if isinstance(structure, Group):
        for _name, part in structure.parts:
            yield from leaves(part)
    else:
        yield structure


def _call(call: Call, addresses: Mapping[int, str]) -> dict[str, Any]:
    """The call as the child reads it: each array by the name of its frame."""

    def addressed(part: Structure) -> Structure:
        return Leaf(addresses[id(call.arrays[part.key])]) if isinstance(part, Leaf) else part

    return call.given(addressed).json()


def largest(plans: Sequence[Plan]) -> int:
    """Bytes of the largest array that is handed over; no answer is much larger."""
    return max(
        (a.nbytes for plan in plans for call in plan for a in call.arrays.values()), default=0
    )


def alone(plan: Plan, number: int, came: Mapping[tuple[int, str], Array]) -> Plan:
    """One call of a plan, and before it only what it needs handed on.

    What the student's own state was is given as numbers; what is handed on untouched can only be
    made anew, by the call that made it.
    """
    needed = {number}
    for n in range(number, -1, -1):
        if n in needed:
            needed |= {n - 1} if plan[n].launched else set()
            named = (*(plan[n].made_with or ()), *plan[n].arguments)
            taken = {
                part.name for _name, s in named for part in leaves(s) if isinstance(part, Kept)
            }
            needed |= {
                max(m for m in range(n) if name in _keeps(plan[m])) for name in taken
            }  # fmt: skip
    order = sorted(needed)
    places = {n: k for k, n in enumerate(order)}
    return tuple(_given_own(plan[n], places, came) for n in order)


def from_arrays(plan: Plan, came: Mapping[tuple[int, str], Array]) -> Plan:
    """The same calls, with the student's own numbers in the place of what is handed on.

    It ends where such numbers did not come.
    """
    calls = []
    for call in plan:
        own = [(part.call, part.key) for _name, part in given(call) if isinstance(part, Own)]
        if not all(at in came for at in own):
            break
        calls.append(_given_own(call, {}, came))
    return tuple(calls)


def _keeps(call: Call) -> set[str]:
    return {part.name for part in leaves(call.returns) if isinstance(part, Kept)}


def _given_own(
    call: Call, places: Mapping[int, int], came: Mapping[tuple[int, str], Array]
) -> Call:
    """The same call with the student's own numbers as arrays, unless their call comes too."""
    arrays = dict(call.arrays)

    def put(part: Structure) -> Structure:
        match part:
            case Own(number, key) if number in places:
                return Own(places[number], key)
            case Own(number, key):
                name = f"own.{number}.{key}"
                arrays[name] = np.asarray(came[number, key])
                return Leaf(name)
        return part

    return replace(call.given(put), arrays=arrays)
