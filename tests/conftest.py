"""What all tests share: a settled environment and the settings of hypothesis."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import settings

# A test must not depend on the screen, the language or the settings of whoever runs it. This is
# done before any test imports tracer, because help screens are written when they are imported.
for _name in ("NO_COLOR", "FORCE_COLOR", "LINES", "PAGER", "LESS", "TRACER_DEBUG", "LANGUAGE"):
    os.environ.pop(_name, None)
# Hundreds of processes are started: each would compile all of tracer's modules for itself alone.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["COLUMNS"] = "80"
os.environ["TRACER_LANGUAGE"] = "en"
os.environ["TERM"] = "xterm-256color"

# No test is timed: the first example of a kernel also compiles it. In CI every run tries the same
# examples, so that a failure there can be repeated anywhere.
settings.register_profile("tracer", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("tracer")

THREE = ("10_rnn_step", "20_lstm_gates", "22_lstm_step")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every worker begins with the long tests of its share: short ones even out the end.

    The shares are those of ``--dist worksteal``: neighbours, which need the same fixtures.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    ends = [len(items) * k // workers for k in range(workers + 1)]
    items[:] = [
        item
        for begin, end in pairwise(ends)
        for item in sorted(items[begin:end], key=lambda one: not one.get_closest_marker("long"))
    ]


@pytest.fixture
def three(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three of the exercises in the place of all, so that no test hangs on how many there are."""
    from tracer.exercises import discovery

    folder = tmp_path_factory.mktemp("exercises")
    for name in THREE:
        shutil.copytree(discovery.home() / name, folder / name)
    shutil.copy(discovery.home() / "README.md", folder)
    monkeypatch.setattr(discovery, "home", lambda: folder)
    return folder


@pytest.fixture
def heard() -> Iterator[None]:
    """Ctrl-C, `kill` and a closed window are heard, here and in every process that is started.

    A job in the background (``make test &``, ``nohup``) and all that it starts are deaf to some of
    them, and what a test interrupts would run for ever.
    """
    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, signal.default_int_handler),
        signal.SIGTERM: signal.signal(signal.SIGTERM, signal.SIG_DFL),
        signal.SIGHUP: signal.signal(signal.SIGHUP, signal.SIG_DFL),
    }
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
