"""One sentence on several threads, each with some of the units: the same bits, and an end."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import config

import tracer
from tests.core.conftest import Run, make_run, unroll
from tracer.kernels.cpu import teams
from tracer.kernels.cpu.arrays import Places
from tracer.kernels.cpu.meeting import gave_up, meet

AS_LONG_AS_IT_TAKES = 1000.0
"""Seconds that nobody waits."""


@contextmanager
def threads(count: int, worth: int = 1, wait: float = AS_LONG_AS_IT_TAKES) -> Iterator[None]:
    """So many threads, however small the work, which wait for each other; never a pause."""
    with (
        patch.object(config, "NUMBA_NUM_THREADS", count),
        patch.object(teams, "ENOUGH", worth),
        patch.object(teams, "LONG", worth),
        patch.object(teams, "WAIT", wait),
        patch.object(teams, "PAUSE", 0.0),
        patch.object(teams, "pause", teams.Pause()),
    ):
        yield


def numbers(run: Run, window: int | None = None) -> dict[str, Any]:
    """Everything forward and backward."""
    trace = unroll(run)
    d_h = np.cos(np.arange(trace["h"].size)).reshape(trace["h"].shape)
    trace = tracer.backprop(trace, d_h.astype(trace.dtype), window=window)
    return {name: trace[name] for name in trace.names}


def assert_same(got: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Every number, to the bit."""
    assert set(got) == set(wanted)
    for name, number in wanted.items():
        np.testing.assert_array_equal(got[name], number, err_msg=name)


@st.composite
def sentences(draw: st.DrawFn) -> Run:
    """One sentence, which may end before the last step, of sizes that fill no vector."""
    kind, option = draw(st.sampled_from([("lstm", "sigmoid"), ("lstm", "hard"), ("rnn", "tanh")]))
    T, sizes = draw(st.integers(1, 6)), st.integers(1, 67)
    return make_run(
        kind, option, T=T, N=1, D=draw(sizes), H=draw(sizes), lengths=[draw(st.integers(1, T))],
        dtype=draw(st.sampled_from(["float32", "float64"])), scale=0.3,
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    run=sentences(), count=st.integers(2, 4), window=st.none() | st.integers(1, 4),
    wait=st.sampled_from([AS_LONG_AS_IT_TAKES, AS_LONG_AS_IT_TAKES, 0.0, 1e-6, 1e-5, 1e-4]),
)  # fmt: skip
def test_any_number_of_threads_gives_the_same_bits(
    run: Run, count: int, window: int | None, wait: float
) -> None:
    """One thread, or two to four of which each has some of the units, and which may give up."""
    with threads(1):
        alone = numbers(run, window)
    with threads(count, wait=wait):
        together = numbers(run, window)

    assert_same(together, alone)


def test_units_are_split_in_whole_panels() -> None:
    """67 units for three threads: 32, 32 and 3."""
    with threads(3):
        assert teams.parts_of(67, T=1, work=100) == [slice(0, 32), slice(32, 64), slice(64, 67)]


@pytest.mark.parametrize(
    ("T", "D", "H", "parts"),
    [
        (100, 96, 176, []),  # two threads would have too little to do between two meetings
        (100, 96, 192, [slice(0, 96), slice(96, 192)]),
        (30, 96, 192, []),  # too short for the start of a thread
        (100, 128, 256, [slice(0, 128), slice(128, 256)]),
    ],
)
def test_a_team_comes_together_where_it_pays(T: int, D: int, H: int, parts: list[slice]) -> None:
    """Of an LSTM, on two processors."""
    with (
        patch.object(config, "NUMBA_NUM_THREADS", 2),
        patch.object(teams, "pause", teams.Pause()),
    ):
        assert teams.parts_of(H, T, work=4 * H * (D + H)) == parts


@pytest.mark.parametrize("H", [176, 192])
def test_the_bits_are_the_same_on_both_sides_of_that_size(H: int) -> None:
    """With the sizes at which a team comes together, and whether it gives up or not."""
    run = make_run("lstm", "sigmoid", T=80, N=1, D=96, H=H, dtype="float32", scale=0.1)

    with (
        patch.object(config, "NUMBA_NUM_THREADS", 2),
        patch.object(teams, "pause", teams.Pause()),
    ):
        together = numbers(run)
    with patch.object(config, "NUMBA_NUM_THREADS", 1):
        assert_same(together, numbers(run))


def test_a_team_on_one_processor_comes_to_its_end() -> None:
    """Four threads that wait however long it takes. Afterwards all are gone."""
    run = make_run("lstm", "sigmoid", T=20, N=1, D=5, H=64)
    allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    before = threading.active_count()

    with threads(1):
        alone = numbers(run)
    if allowed:
        os.sched_setaffinity(0, {min(allowed)})
    try:
        with threads(4):
            together = numbers(run)
    finally:
        if allowed:
            os.sched_setaffinity(0, allowed)

    assert_same(together, alone)
    assert threading.active_count() == before


@pytest.mark.parametrize("started", [0, 1, 2])
def test_without_threads_there_is_still_a_result(
    started: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a process may start no more, those that were started stop waiting; one does it all."""
    run = make_run("lstm", "sigmoid", N=1, H=64)
    left = [started]

    class Few(threading.Thread):
        def start(self) -> None:
            if not left[0]:
                raise RuntimeError("can't start new thread")
            left[0] -= 1
            super().start()

    with threads(1):
        alone = unroll(run)
    monkeypatch.setattr(teams, "Thread", Few)
    with threads(4):
        together = unroll(run)

    np.testing.assert_array_equal(together["h"], alone["h"])


@pytest.mark.parametrize("absent", [0, 1])
def test_a_team_gives_up_rather_than_wait_for_one_that_does_not_come(absent: int) -> None:
    """One meets twice and then stays away; the other waits for so long, and no team is next."""
    met: list[bool] = []

    def run(team: Places, me: int) -> None:
        for _ in range(2):
            meet(team, me)
        if me != absent:
            met.append(meet(team, me))
        while not gave_up(team):
            pass

    with threads(2):
        teams.pause.next = 1000.0
        with patch.object(teams, "WAIT", 0.2):
            assert not teams.as_a_team([slice(0, 16), slice(16, 32)], run)
        assert met == [False]
        assert teams.parts_of(32, T=1, work=100) == []


def test_the_pause_doubles_each_time_a_team_gives_up() -> None:
    """0.5 s, 1 s, 2 s, ... but 30 s at most; and 0.5 s again after a team that came to its end."""
    pause, ends = teams.Pause(), []
    with patch.object(teams, "monotonic", lambda: 100.0):
        for gave in [True] * 8 + [False, True]:
            pause.after(gave_up=gave)
            ends.append(pause.ends - 100)

    assert ends == [0.5, 1, 2, 4, 8, 16, 30, 30, 30, 0.5]


@pytest.mark.parametrize("bad", [0, 1, 2])
def test_one_that_fails_lets_the_others_go(bad: int) -> None:
    """Whichever it was: the others do not wait for it, and what it raised is raised."""
    came: list[bool] = []

    def run(team: Places, me: int) -> None:
        if me == bad:
            raise MemoryError(f"member {bad}")
        came.append(meet(team, me))

    with pytest.raises(MemoryError, match=f"member {bad}"):
        teams.as_a_team([slice(0, 16), slice(16, 32), slice(32, 48)], run)
    assert came == [False, False]
