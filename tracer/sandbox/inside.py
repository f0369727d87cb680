"""A plan carried out in this process: by the runner's own code, and with no wall at all.

This is for code that somebody runs here anyway: the functions of their own session. A submission of
somebody else goes behind a wall.
"""

from __future__ import annotations

import time
from typing import Any

from tracer.sandbox import asking, frames, recording, runner
from tracer.sandbox.process import How, Run


def run(
    source: bytes, file: Any, request: bytes, describing: Any, there: Any = None, own: Any = None
) -> Run:
    """Make the calls of a request, and give back the frames that a child would have sent.

    What is printed goes where it always goes. Where each check loads the program anew, nothing is
    left of the checks before, as in a process of its own. Functions that are there already keep
    what they remember, so a plan that asks for a process to each check gets no more of them.

    Parameters
    ----------
    source : bytes
        The program; each check loads it anew, unless there is `there`.
    file : object
        Its path, or whatever `describing` knows its lines by.
    request : bytes
    describing : object
        `tracer.sandbox.describing`, or something with the functions of it that the runner calls.
    there : object, optional
        Has the functions by their names.
    own : object, optional
        Knows the earlier answers that they call, as `tracer.sandbox.ownmodules.OwnModules` does.
    """
    began = time.perf_counter()
    plan, inputs = asking.unpacked(request)
    apart = plan["apart"] and there is None
    sent = [frames.pack_note("ready", {"apart": apart})]
    plain = runner.returned.numbers(plan["most"])  # what it raises is what the runner catches
    shared = runner.Request(
        plan, inputs, source, file, frames, describing, recording, plain, sent.append,
        there=there, own=own,
    )  # fmt: skip
    for check in plan["checks"] if apart or not plan["apart"] else ():
        runner.one_check(check, shared)
    sent.append(frames.pack_note("end", {}))
    return Run(How.EXITED, 0, b"".join(sent), "", time.perf_counter() - began)
