"""Python around one small call: what a sentence of ten words costs, and its compiled loop alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any, cast
from unittest.mock import patch

import numpy as np

import tracer
from benchmarks.contestants import LAYERS, Size, network
from benchmarks.turns import medians
from tracer.kernels.cpu.cells import compiled_cell

SIZE = Size(10, 1, 8, 8)

CALLS = 100
"""How many calls a turn has: one alone takes less than it takes to find everything cold."""

Row = dict[str, Any]
"""One call: kind, call, and the µs of the whole of it and of the compiled loop."""


def measured(seconds: float) -> list[Row]:
    """Forward at two levels, and backward, for each kind of cell, in float32."""
    found = []
    for kind in LAYERS:
        for name, loop, call in calls(kind):
            alone = loop_alone(kind, loop, call)
            # All of it is one thread's work, so the processor's time says it on a busy machine too.
            each = {"whole": _again(call), "loop": _again(alone)}
            ms = medians(each, seconds, clock=time.process_time)
            found.append({"kind": kind, "call": name} | {k: ms[k] * 1e3 / CALLS for k in ms})
    return found


def calls(kind: str) -> list[tuple[str, str, Callable[[], object]]]:
    """The name of each call, that of its compiled loop, and the call itself."""
    cell, x = network(kind, "float32", SIZE)
    trace, d_h = tracer.unroll(cell, x), np.ones((SIZE.T, SIZE.N, SIZE.H), np.float32)
    return [
        ("unroll, gates", "record", partial(tracer.unroll, cell, x, level="gates")),
        ("unroll, all", "record", partial(tracer.unroll, cell, x, level="all")),
        ("backprop", "record_back", partial(tracer.backprop, trace, d_h)),
    ]


def loop_alone(kind: str, loop: str, call: Callable[[], object]) -> Callable[[], object]:
    """The compiled loop with the arguments that this call has for it."""
    loops = cast("dict[str, Any]", compiled_cell(kind).loops)
    compiled, handed = loops[loop], []

    def spy(*arguments: Any) -> None:
        handed.append(arguments)
        compiled(*arguments)

    with patch.dict(loops, {loop: spy}):
        call()
    return partial(compiled, *handed[0])


def _again(call: Callable[[], object]) -> Callable[[], None]:
    def turn() -> None:
        for _ in range(CALLS):
            call()

    return turn
