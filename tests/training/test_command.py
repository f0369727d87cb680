"""``tracer train`` as people use it: started, stopped, killed, and taken up again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import tracer
from tracer.training import checkpoint

TRAIN = [sys.executable, "-m", "tracer", "train", "--units", "6", "--patience", "0"]
OPTIONS = ["--batch-size", "64", "--epochs", "4", "--save", "m.safetensors"]


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    return subprocess.run(
        [*TRAIN, *options], cwd=folder, capture_output=True, text=True, check=False
    )


def begin(folder: Path, *options: str) -> subprocess.Popen[str]:
    """Start it, and wait until the run has been kept for the first time."""
    process = subprocess.Popen(
        [*TRAIN, *options, "--checkpoint-every", "0"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    while not (folder / "m.checkpoint").exists() and process.poll() is None:
        time.sleep(0.01)
    time.sleep(0.2)
    return process


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tracer.Model:
    """The network of a run that nobody interrupted."""
    folder = tmp_path_factory.mktemp("whole")
    done = run(folder, *OPTIONS)

    assert done.returncode == 0, done.stderr
    assert "held-out answers are right" in done.stdout
    assert sorted(path.name for path in folder.iterdir()) == ["m.safetensors"]
    return tracer.Model.load(folder / "m.safetensors")


def same(one: tracer.Model, other: tracer.Model) -> bool:
    """Whether two networks are the same to the bit."""
    pairs = [(one.encoder.table, other.encoder.table), *zip(one.head, other.head, strict=True)]
    pairs += [(getattr(one.cell, name), getattr(other.cell, name)) for name in ("U", "W", "a")]
    return all((mine == theirs).all() for mine, theirs in pairs)


def test_the_file_says_which_command_made_it(whole: tracer.Model) -> None:
    """Whoever finds the file can make it again."""
    assert whole.name == "m"
    assert whole.notes["made_by"].startswith("tracer train --save m.safetensors")
    assert float(whole.notes["held_out_accuracy"]) <= 1


def test_killed_in_the_middle_and_resumed_it_ends_the_same(
    tmp_path: Path, whole: tracer.Model
) -> None:
    """A real kill -9, then --resume: the same weights as an uninterrupted run, to the bit."""
    process = begin(tmp_path, *OPTIONS)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert not (tmp_path / "m.safetensors").exists()

    resumed = run(tmp_path, "--save", "m.safetensors", "--resume")

    assert resumed.returncode == 0, resumed.stderr
    assert same(tracer.Model.load(tmp_path / "m.safetensors"), whole)
    assert [path.name for path in tmp_path.iterdir()] == ["m.safetensors"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_keeps_the_run_and_says_how_to_go_on(
    tmp_path: Path, whole: tracer.Model, number: signal.Signals
) -> None:
    """A plain word and no traceback; then the same weights."""
    process = begin(tmp_path, *OPTIONS)
    process.send_signal(number)
    said, _ = process.communicate()

    assert process.returncode == 130
    assert "the run is kept in m.checkpoint. Go on with: tracer train --save m" in said
    assert "Traceback" not in said
    assert run(tmp_path, "--save", "m.safetensors", "--resume").returncode == 0
    assert same(tracer.Model.load(tmp_path / "m.safetensors"), whole)


def test_an_unfinished_run_is_not_overwritten(tmp_path: Path) -> None:
    """Nothing is lost by typing the same command again."""
    process = begin(tmp_path, *OPTIONS)
    process.kill()
    process.communicate()
    before = checkpoint.order_of(tmp_path / "m.checkpoint")

    again = run(tmp_path, *OPTIONS)
    other = run(tmp_path, *OPTIONS, "--resume", "--seed", "3")

    assert again.returncode == other.returncode == 2
    assert "m.checkpoint holds a run that was not finished" in again.stderr
    assert "was begun with --seed 0, not 3; a run goes on as it was begun" in other.stderr
    assert checkpoint.order_of(tmp_path / "m.checkpoint") == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--resume"], "there is no run to resume: m.checkpoint is not there"),
        (["--save", "m.txt"], "--save m.txt: a model file ends in .safetensors"),
        (["--save", "none/m.safetensors", "--epochs", "1"], "cannot write none/m"),
        (["--activation", "tanh"], "there is no choice for gate 'tanh'"),
        (["--learning-rate", "-1"], "learning_rate is -1"),
        (
            ["--cell", "rnn", "--activation", "identity", "--optimiser", "sgd",
             "--learning-rate", "1e9", "--clip-norm", "0"],
            "training has diverged. Try a smaller learning rate",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said(tmp_path: Path, options: list[str], message: str) -> None:
    """One sentence, exit code 2, and nothing left behind."""
    done = run(tmp_path, "--save", "m.safetensors", *options)

    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_sentences_are_watched(tmp_path: Path) -> None:
    """What the network says to them stands under every epoch."""
    done = run(
        tmp_path, "--epochs", "2", "--save", "m.safetensors", "--task", "tag",
        "--watch-sentence", "water is hot",
    )  # fmt: skip

    assert done.returncode == 0
    assert done.stdout.count("water/") == 2
    assert "\x1b" not in done.stdout
