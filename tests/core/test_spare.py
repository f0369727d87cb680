"""The memory of a large run that is over serves the next one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

import tracer
from tracer.kernels import spare
from tracer.kernels.memory import missing

H = 64
LARGE = (40, 20, H)  # of a quantity: all those of a run take more than `spare.LEAST`


@pytest.fixture(autouse=True)
def _nothing_is_kept() -> Iterator[None]:
    spare.let_go()
    yield
    spare.let_go()


def _run(level: str = "all", seed: int = 0) -> tracer.Trace:
    random = np.random.default_rng(seed)
    cell = tracer.LSTMCell(
        random.normal(size=(4 * H, 3)), random.normal(size=(4 * H, H)), random.normal(size=4 * H)
    )
    return tracer.unroll(cell, random.normal(size=(40, 20, 3)), level=level)


def test_the_next_run_lies_where_the_last_one_lay() -> None:
    """Once no number of a trace is left, its memory is kept, and taken: the numbers are new."""
    first = _run()
    expected = first["h"].copy()
    del first
    kept = spare.held()
    other = _run(seed=1)

    assert kept > 11 * 8 * np.prod(LARGE)
    assert spare.held() == 0
    assert not np.array_equal(other["h"], expected)
    del other
    np.testing.assert_array_equal(_run()["h"], expected)


def test_memory_is_in_use_as_long_as_one_number_of_it() -> None:
    """A part of one quantity outlives its trace, and no other run writes over it."""
    part = _run()["f"][3:5, 2]
    expected = part.copy()
    others = [_run(seed=seed) for seed in (1, 2)]

    assert spare.held() == 0
    np.testing.assert_array_equal(part, expected)
    del part
    assert spare.held() > 0
    assert len(others) == 2


def test_a_run_of_half_the_size_takes_no_large_memory() -> None:
    """Memory that is more than twice as large as what is asked for is left for who needs it."""
    assert _run()["h"].size > 0
    kept = spare.held()
    states = _run("states")

    assert spare.held() == kept
    assert states["h"].size > 0


def test_the_oldest_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """No more than so much is kept."""
    monkeypatch.setattr(spare, "MOST", 3 * spare.LEAST)
    both = [spare.empty((n * spare.LEAST,), np.dtype(np.uint8)) for n in (2, 1, 4)]
    addresses = [array.ctypes.data for array in both]
    while both:
        both.pop(0)

    assert spare.held() == 3 * spare.LEAST
    again = spare.empty((spare.LEAST,), np.dtype(np.uint8))
    assert again.ctypes.data == addresses[1]


def test_what_is_kept_goes_back_where_memory_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a run is refused the system gets back what lies here unused."""
    assert _run()["h"].size > 0
    assert spare.held() > 0
    monkeypatch.setattr("tracer.kernels.memory.free_memory", lambda: 10**8)

    assert missing(10**9) == 10**8
    assert spare.held() == 0
