"""Several threads that go through one sentence at once, each with some of the units: they meet.

Before its product with W a step needs the h of all units, and a step back the d_z of all. So
whoever comes there counts itself, in one place of memory, and waits until all of its team have done
so. It waits in a loop, for a step takes only microseconds; whoever has waited long lets other
threads go first, so that a team comes to its end on one processor too.
"""

from __future__ import annotations

import os
from collections.abc import Callable
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
"""In a team's memory: how often anybody came; not 0 if one never will; and a line a member."""

OFTEN, FIRST, UNITS = 0, 1, 2
"""In a member's line: how often it came, its first unit, and how many it has."""

PATIENCE = 150
"""Looks at the count, a few microseconds, before others may go first."""

_WHOLE = ir.IntType(64)
_X86 = cpu_target.target_context.codegen().magic_tuple()[0].startswith(("x86_64", "i686"))
_YIELD = "SwitchToThread" if os.name == "nt" else "sched_yield"


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


@intrinsic  # type: ignore[untyped-decorator]
def _let_others(_typing: Any) -> Any:
    """Let another thread have this processor."""

    def write(context: Any, builder: Any, _signature: Any, _nothing: Any) -> Any:
        kind = ir.FunctionType(ir.IntType(32), [])
        builder.call(cgutils.get_or_insert_function(builder.module, kind, _YIELD), [])
        return context.get_dummy_value()

    return types.void(), write


@compiled
def _meet(team: Places, me: int) -> bool:
    if team.size == 0:
        return True
    mine = MEMBERS + me * LINE + OFTEN
    team[mine] += 1
    wanted = team[mine] * ((team.size - MEMBERS) // LINE)
    _count_up(team, CAME)
    looks = 0
    while _seen(team, CAME) < wanted:
        if _seen(team, GAVE_UP) != 0:
            return False
        looks += 1
        if looks > PATIENCE:
            _let_others()
        else:
            _rest()
    return True


def _plain_meet(team: Places, me: int) -> bool:  # noqa: ARG001 - without the compiler each is alone
    return True


meet: Callable[[Places, int], bool] = _plain_meet if config.DISABLE_JIT else _meet
"""``meet(team, me)`` waits until all of the team are there; False if one of them never comes.

That can only be at the first meeting: all memory is there before it, and nothing fails after it. A
team of nobody, an empty array, waits for nobody.
"""


def gathered(parts: list[slice]) -> Places:
    """The memory of a team whose members have these units."""
    team = np.zeros(MEMBERS + len(parts) * LINE, np.int64)
    for me, units in enumerate(parts):
        line = MEMBERS + me * LINE
        team[line + FIRST], team[line + UNITS] = units.start, units.stop - units.start
    return team


NOBODY = np.empty(0, np.int64)
"""The team of whoever is alone."""
