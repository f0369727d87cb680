"""One sentence on several threads: each computes some of the units, and they meet at every step.

Only where that pays: a short step takes less time than a meeting, and a short sentence less than to
start a thread. And only while each of them has a processor: a team that has waited too long for one
that has none gives up, one thread begins again, and for some time no team comes together. What was
measured is in docs/speed.md.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from time import monotonic

from tracer.kernels.cpu import shares
from tracer.kernels.cpu.arrays import Places
from tracer.kernels.cpu.meeting import GAVE_UP, gathered, looks_in

ENOUGH = 100_000
"""Fused multiply-adds of one step, some five microseconds, that a thread must have.

An LSTM of H = 192 and D = 96 has so many for each of two, and so has an RNN of H = 384 and D = 192.
"""

LONG = 8_000_000
"""Fused multiply-adds of all steps that a thread must have, so that it is worth its start."""

WAIT = 0.0003
"""Seconds that a member waits for the others in all, the start of their threads included, before
the team gives up."""

PAUSE, LONGEST = 0.5, 30.0
"""Seconds without a team after one gave up; twice as many each time, and so many at most."""

WHOLE = 16
"""Each part but the last has a multiple of so many units: whole vectors, however wide they are."""


class Pause:
    """When a team may come together again, and how long the next pause is."""

    def __init__(self) -> None:
        self.ends, self.next = 0.0, PAUSE

    def after(self, *, gave_up: bool) -> None:
        """Note how it went with a team."""
        if gave_up:
            self.ends, self.next = monotonic() + self.next, min(2 * self.next, LONGEST)
        else:
            self.next = PAUSE


pause = Pause()


def parts_of(H: int, T: int, work: int) -> list[slice]:
    """What each thread gets of H units, for `work` multiply-adds a step; nothing if one is best.

    A machine on which the last team gave up is asked again only after a pause.

    The threads live only as long as the call, as those of `shares.in_shares` do.
    """
    if work < 2 * ENOUGH or T * work < 2 * LONG:  # by far the quickest to ask
        return []
    if monotonic() < pause.ends:
        return []
    members = min(work // ENOUGH, T * work // LONG, shares.threads())
    size = -(-H // (members * WHOLE)) * WHOLE
    parts = [slice(first, min(first + size, H)) for first in range(0, H, size)]
    return parts if len(parts) > 1 else []


def as_a_team(parts: list[slice], run: Callable[[Places, int], object]) -> bool:
    """Call ``run(team, me)`` for each member at once, in a thread of its own; see `meeting.meet`.

    False if not all of them could start, or the team gave up: then all that it wrote is to be
    written again. What one raises is raised here, after all have ended.
    """
    team = gathered(parts, looks_in(WAIT))
    failed: list[BaseException] = []

    def run_here(me: int) -> None:
        try:
            run(team, me)
        except BaseException as error:  # noqa: BLE001 - a thread has nobody to raise it to
            team[GAVE_UP] = 1  # or the others would wait for nothing
            failed.append(error)

    started: list[Thread] = []
    try:
        for me in range(1, len(parts)):
            thread = Thread(target=run_here, args=(me,))
            thread.start()
            started.append(thread)
        run_here(0)  # which raises nothing of its own, but Ctrl-C can come before it begins
    except RuntimeError:  # this process may have no more threads
        team[GAVE_UP] = 1
    except BaseException:
        team[GAVE_UP] = 1
        raise
    finally:
        for thread in started:
            thread.join()
    if failed:
        raise failed[0]
    gave_up = bool(team[GAVE_UP])
    pause.after(gave_up=gave_up)
    return not gave_up
