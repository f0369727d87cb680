"""Several threads that go through one sentence at once, each with some of the units: they meet.

Before its product with W a step needs the h of all units, and a step back the d_z of all. So
whoever comes there counts itself, in one place of memory, and waits until all of its team have done
so. It waits in a loop, for a step takes only microseconds.

Where other work holds the processor of one of them, or the system put two on one processor, the
others would wait for milliseconds, at every step anew. So each waits no more than so long in all;
then the team gives up, and its work is done again by one alone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from time import perf_counter
from typing import Any

import numpy as np
from llvmlite import ir
from numba import config, types
from numba.core import cgutils
from numba.core.registry import cpu_target
from numba.extending import intrinsic

from tracer.kernels.cpu.arrays import Places
from tracer.kernels.cpu.jit import compiled

LINE = 16
"""So many integers are 128 bytes: no two of these lie in one line of a cache, so what one thread
writes there is not in the way of another that reads its own."""

CAME, GAVE_UP, MEMBERS = 0, LINE, 2 * LINE
"""In a team's memory: how often anybody came; not 0 once it gave up; and a line a member."""

OFTEN, LOOKS, FIRST, UNITS = range(4)
"""In a member's line: how often it came, how many looks at the count of all it has left while it
waits, its first unit, and how many it has."""

_WHOLE = ir.IntType(64)
_X86 = cpu_target.target_context.codegen().magic_tuple()[0].startswith(("x86_64", "i686"))


def _address(context: Any, builder: Any, kind: Any, counts: Any, place: Any) -> Any:
    data = context.make_array(kind)(context, builder, counts).data
    return builder.gep(data, [place], source_etype=_WHOLE)


@intrinsic  # type: ignore[untyped-decorator]
def _count_up(_typing: Any, counts: Any, _place: Any) -> Any:
    """One more at that place; all that was written before can be read by whoever sees it."""

    def write(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        address = _address(context, builder, counts, *values)
        builder.atomic_rmw("add", address, ir.Constant(_WHOLE, 1), "acq_rel")
        return context.get_dummy_value()

    return types.void(counts, types.int64), write


@intrinsic  # type: ignore[untyped-decorator]
def _seen(_typing: Any, counts: Any, _place: Any) -> Any:
    """What is at that place now."""

    def write(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        address = _address(context, builder, counts, *values)
        return builder.load_atomic(address, "acquire", 8, typ=_WHOLE)

    return types.int64(counts, types.int64), write


@intrinsic  # type: ignore[untyped-decorator]
def _rest(_typing: Any) -> Any:
    """Tell an x86 processor that this is a loop that waits; any other just looks again."""

    def write(context: Any, builder: Any, _signature: Any, _nothing: Any) -> Any:
        if _X86:
            kind = ir.FunctionType(ir.VoidType(), [])
            builder.call(
                cgutils.get_or_insert_function(builder.module, kind, "llvm.x86.sse2.pause"), []
            )
        return context.get_dummy_value()

    return types.void(), write


@compiled
def _meet(team: Places, me: int) -> bool:
    if team.size == 0:
        return True
    line = MEMBERS + me * LINE
    team[line + OFTEN] += 1
    wanted = team[line + OFTEN] * ((team.size - MEMBERS) // LINE)
    _count_up(team, CAME)
    while _seen(team, CAME) < wanted:
        if _seen(team, GAVE_UP) != 0:
            return False
        team[line + LOOKS] -= 1
        if team[line + LOOKS] < 0:
            team[GAVE_UP] = 1
        _rest()
    return True


@compiled
def _gave_up(team: Places) -> bool:
    return team.size > 0 and _seen(team, GAVE_UP) != 0


def _plain_meet(team: Places, me: int) -> bool:  # noqa: ARG001 - without the compiler each is alone
    return True


def _plain_gave_up(team: Places) -> bool:  # noqa: ARG001
    return False


meet: Callable[[Places, int], bool] = _plain_meet if config.DISABLE_JIT else _meet
"""``meet(team, me)`` waits until all of the team are there; False if it gave up.

A team of nobody, an empty array, waits for nobody.
"""

gave_up: Callable[[Places], bool] = _plain_gave_up if config.DISABLE_JIT else _gave_up
"""Whether the team gave up: whatever it computed is to be left."""


def gathered(parts: list[slice], looks: int) -> Places:
    """The memory of a team whose members have these units, and each so many looks."""
    team = np.zeros(MEMBERS + len(parts) * LINE, np.int64)
    for me, units in enumerate(parts):
        line = MEMBERS + me * LINE
        team[line + LOOKS] = looks
        team[line + FIRST], team[line + UNITS] = units.start, units.stop - units.start
    return team


@cache
def looks_in(seconds: float) -> int:
    """So many looks take so long: the least of a few times, for one whose team never comes."""
    looks, least = 1000, float("inf")
    for _ in range(4):  # the first may have to compile
        team = gathered([slice(0, 1), slice(1, 2)], looks)
        begun = perf_counter()
        meet(team, 0)
        least = min(least, perf_counter() - begun)
    return int(seconds / least * looks)


NOBODY = np.empty(0, np.int64)
"""The team of whoever is alone."""
