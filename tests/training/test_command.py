"""``tracer train`` as people use it: what it says, keeps and refuses."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner

import tracer
from tests.training.command import OPTIONS, train
from tests.training.runs import begin
from tracer.cli import command_line
from tracer.cli.train import command
from tracer.data.source import Source
from tracer.training.optimisers import Optimiser
from tracer.training.recipe import Recipe
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.training import Watch


def test_ctrl_c_before_the_first_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a large file is read, say: it is told that nothing was written."""
    monkeypatch.chdir(tmp_path)

    def interrupted(*_given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tracer.data.load.load", interrupted)
    done = CliRunner().invoke(command_line, ["train"])

    assert done.exit_code == 130
    assert done.stderr == "stopped before the first batch; no file was written\n"
    assert list(tmp_path.iterdir()) == []


def test_a_bar_is_drawn(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal it moves with the batches, and is gone at the end; elsewhere there is none."""
    monkeypatch.setattr("tracer.view.terminal.training.REDRAWS", 0.0)
    drawn = []
    for able in (Abilities(colours="256", terminal=True), Abilities()):
        training = begin(epochs=1)
        with Watch(training, able, ()) as watch:
            for ended in training.run():
                watch.batch(ended)
        drawn.append(capsys.readouterr().out)

    assert "epoch 1 of 1" in drawn[0]
    assert drawn[0].endswith("\x1b[2K")
    assert "epoch 1 of 1" not in drawn[1]


def test_a_finished_network_is_not_overwritten(tmp_path: Path) -> None:
    """Only when that is asked for."""
    path = tmp_path / "m.safetensors"
    path.write_bytes(b"the work of a night")

    refused = train(tmp_path, *OPTIONS, "--epochs", "1")
    assert refused.exit_code == 2
    assert "m.safetensors already exists. Choose another name with --save" in refused.stderr
    assert path.read_bytes() == b"the work of a night"

    assert train(tmp_path, *OPTIONS, "--epochs", "1", "--overwrite").exit_code == 0
    assert tracer.Model.load(path).notes["epochs"] == "1"
    assert sorted(tmp_path.iterdir()) == [tmp_path / "m.checkpoint", path]


@pytest.mark.parametrize("columns", [40, 80])
def test_the_lines_of_the_epochs_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    """Titles over their numbers; what does not fit is left out at the right."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", str(columns))
    done = CliRunner().invoke(command_line, ["train", *OPTIONS, "--epochs", "1"])
    assert done.exit_code == 0, done.output
    title, line = (
        next(line for line in done.stdout.splitlines() if line.split()[:1] == [first])
        for first in ("epoch", "1")
    )

    assert len(line) == len(title) <= columns
    assert "held-out loss" in title
    assert ("sentences/s" in title) == (columns == 80)


def test_sentences_are_watched(tmp_path: Path) -> None:
    """What the network says to them stands under every epoch."""
    done = train(
        tmp_path, "--epochs", "2", "--save", "m.safetensors", "--task", "tag",
        "--watch-sentence", "water is hot",
    )  # fmt: skip

    assert done.exit_code == 0
    assert done.stdout.count("water/") == 2
    assert "\x1b" not in done.stdout


def test_the_help_loads_nothing_heavy() -> None:
    """Its choices and defaults come from records that need no NumPy."""
    code = (
        "import sys\nfrom tracer.cli import command_line\n"
        "try:\n    command_line(['train', '--help'])\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('numpy', 'numba', 'rich') if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"
    for title in ("Task and output", "Data", "Network", "Training"):
        assert f"{title}:" in done.stdout


def test_what_is_not_said_is_what_the_records_say() -> None:
    """The command line has no defaults of its own."""
    params = command.make_context("train", []).params

    for record in (Recipe(activation="sigmoid"), Optimiser(), Source()):
        for each in fields(record):
            if each.name in params and each.name not in ("optimiser", "activation"):
                assert params[each.name] == getattr(record, each.name), each.name
    assert params["optimiser"] == Optimiser().name
    assert not params["activation"]
