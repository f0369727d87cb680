"""Saved runs of very many steps: a part is shown, and nobody reads all of it for that."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import tracer
from tests.core.conftest import make_run
from tests.view.commands import error, run
from tracer.cli.diff import command as diff
from tracer.cli.show import command as show


@pytest.fixture
def long_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tracer.Trace:
    """A run of 300 steps in ``long.safetensors``, and screens that look at 20 at most."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tracer.view.parts.wish.LONG", 20)
    monkeypatch.setattr("tracer.view.parts.parting.LONG", 20)
    monkeypatch.setattr("tracer.view.parts.parting.AFTER", 8)
    made = make_run("lstm", "sigmoid", T=300, N=1)
    return tracer.unroll(made.cell, made.x, level="checkpoints", into="long.safetensors")


@pytest.mark.usefixtures("long_run")
def test_only_the_steps_asked_for_are_looked_at() -> None:
    """The screen is that of a file with these steps alone, and they keep their numbers."""
    tracer.save(tracer.open("long.safetensors").sel(step=slice(199, 202)), "cut.safetensors")

    said = run(show, "long.safetensors", "--steps", "200:202").stdout

    assert "── t = 200 ──" in said
    assert "── t = 203 ──" not in said
    assert said == run(show, "cut.safetensors").stdout


@pytest.mark.usefixtures("long_run")
def test_more_steps_than_a_screen_can_look_at() -> None:
    """The error says how to choose."""
    wanted = (
        "this run has 300 steps, and a screen shows at most 20; choose some with --steps, such as "
        "--steps 1:10"
    )

    assert error("long.safetensors") == wanted
    assert error("long.safetensors", "--steps", ":") == wanted


def test_csv_is_written_window_by_window(
    long_run: tracer.Trace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same lines, whatever the windows."""
    whole = run(show, "long.safetensors", "--format", "csv").stdout
    monkeypatch.setattr("tracer.cli._numbers.WINDOW", 7)
    asked: list[int] = []
    monkeypatch.setattr("tracer.trace.layer.check_copy", lambda _cell, T, *_: asked.append(T))

    parts = run(show, "long.safetensors", "--format", "csv").stdout

    assert parts == whole
    assert len(parts.splitlines()) == 1 + 300 * (long_run.D + 25 * long_run.H)
    assert max(asked) == 7  # no array of more steps was made


@pytest.mark.usefixtures("long_run")
def test_a_document_of_one_run_that_would_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """JSON is one piece; the error says what is not, and what is smaller."""
    monkeypatch.setattr("tracer.kernels.memory.SMALL", 0)
    monkeypatch.setattr("tracer.kernels.memory.free_memory", lambda: 10**6)

    said = error("long.safetensors", "--format", "json")

    assert said.startswith("JSON of 300 steps would take 0.0 GB of memory; 0.0 GB are free. ")
    assert "--steps chooses some" in said
    assert '"steps": [9]' in run(show, "long.safetensors", "--steps", "9", "--format=json").stdout


def test_two_long_runs_are_shown_around_their_first_difference(long_run: tracer.Trace) -> None:
    """With the numbers of the whole runs, and the sentence that says which steps these are."""
    x = np.array(long_run["x"])
    x[150, 0, 2] += 0.5
    tracer.unroll(long_run.cell, x, into="other.safetensors")

    said = run(diff, "other.safetensors", "long.safetensors").stdout

    assert "This shows t = 141 to 158 of 300, around the first difference." in said
    assert "First difference: t = 151, x, component 2." in said


def test_json_of_some_steps_backward_leaves_out_the_sums_over_all() -> None:
    """d_V, d_W and their like are sums over every step: of a part there are none."""
    shown = run(show, "you are bad", "--what", "backward", "--steps", "2:3", "--format", "json")

    assert '"steps": [2, 3]' in shown.stdout
    assert '"d_h"' in shown.stdout
    assert '"d_V"' not in shown.stdout
