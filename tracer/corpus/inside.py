"""A wall that is none: our own code runs in this process, through the same runner and judge.

A process for each of some thousand programs would take an hour. What is read here was written by
`tracer.corpus.source`; nothing of a student's is ever run like this.
"""

from __future__ import annotations

import io
import sys
import time
from pathlib import Path
from typing import Any

from tracer.sandbox import describing, frames, runner
from tracer.sandbox.process import How, Limits, Run


class InThisProcess:
    """Runs a file of the corpus."""

    def run(self, source: bytes, file: str, request: bytes, limits: Limits, longest: float) -> Run:
        """See `tracer.sandbox.process.Wall`; nothing is limited."""
        del limits, longest
        began = time.perf_counter()
        inputs = dict(frames.unpack(request).frames)
        plan = frames.read_note(inputs["plan"], runner.LONGEST_PLAN)
        assert plan is not None
        sent: list[bytes] = []
        plain = runner.numbers(plan["most"])
        sent.append(frames.pack_note("ready", {"apart": plan["apart"]}))
        stderr, sys.__stderr__ = sys.__stderr__, io.StringIO()  # type: ignore[misc, assignment]
        try:
            for check in plan["checks"]:
                runner.one_check(
                    check, plan, inputs, source, Path(file), plain, frames, sent.append, _DESCRIBING
                )
        finally:
            printed, sys.__stderr__ = sys.__stderr__.getvalue(), stderr  # type: ignore[misc, union-attr]
        sent.append(frames.pack_note("end", {}))
        return Run(How.EXITED, 0, b"".join(sent), printed, time.perf_counter() - began)


_DESCRIBING: Any = describing
