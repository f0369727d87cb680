"""``tracer gradients`` as a command."""

from __future__ import annotations

import json
import shlex

import pytest
from click.testing import CliRunner

from tests.view.commands import run
from tracer.cli.gradients import command as gradients
from tracer.errors import TracerError
from tracer.exercises.discovery import discover, find


@pytest.mark.usefixtures("folder")
def test_gradients_of_several_networks() -> None:
    """A column for each; JSON, CSV and a picture as well."""
    arguments = ("you are bad", "--model", "small.model", "--model", "rnn-classify")
    shown = run(gradients, *arguments).stdout
    document = json.loads(run(gradients, *arguments, "--format", "json").stdout)
    lines = run(gradients, *arguments, "--format", "csv").stdout.splitlines()
    dark, light = (
        run(gradients, *arguments, "--format", "svg", "--theme", theme).stdout
        for theme in ("dark", "light")
    )

    assert "small.model: at the first word (you)" in shown
    assert [network["model"] for network in document["networks"]] == ["small.model", "rnn-classify"]
    assert lines[0] == "model,step,word,number,value"
    assert dark.startswith("<svg")
    assert dark != light
    with pytest.raises(TracerError, match="there is no label 'x'"):
        run(gradients, *arguments, "--target", "x")


@pytest.mark.usefixtures("folder")
def test_gradients_before_training() -> None:
    """--untrained draws fresh weights and says how; its options need it."""
    wish = ("you are bad", "--model", "small.model")

    shown = run(gradients, *wish, "--untrained", "--seed", "4", "--forget-bias", "2").stdout

    assert "random weights: uniform, forget bias 2, seed 4" in shown
    assert "untrained small.model" in shown
    with pytest.raises(TracerError, match="--initial, --seed apply to random weights only"):
        run(gradients, *wish, "--seed", "4", "--initial", "orthogonal")


@pytest.mark.usefixtures("folder")
def test_gradients_of_one_sentence_only() -> None:
    """From standard input too; a forget bias needs a forget gate."""
    wish = ("--model", "small.model")
    assert "small.model: at the first" in run(gradients, "-", *wish, typed="you are bad").stdout
    with pytest.raises(TracerError, match="2 sentences were given; tracer gradients takes one"):
        run(gradients, "-", *wish, typed="you are\nbad man")
    with pytest.raises(TracerError, match="none of these networks has a forget gate"):
        run(
            gradients, "you are bad", "--model", "rnn-classify", "--untrained", "--forget-bias", "2"
        )


@pytest.mark.usefixtures("folder")
def test_a_network_that_generates_only_reads_for_its_gradients() -> None:
    """The words given are all there are; the loss is that of the next one."""
    shown = run(gradients, "you are", "--model", "lstm-generate").stdout
    other = run(gradients, "you are", "--model", "lstm-generate", "--target", "bad").stdout

    assert " ".join(shown.split()).startswith(
        "you are lstm-generate (LSTM, 12 units): loss 0.33 for the target 'a', its own next word; "
        "it generates nothing here and reads only the given words"
    )
    assert "loss 14.0 for the target 'bad' as the next word" in " ".join(other.split())


def test_the_picture_in_an_exercise_is_what_the_command_shows() -> None:
    """Every line of it, of the command that stands below it in the README, on 66 columns."""
    text = (find("35", discover().good).folder / "README.md").read_text("utf-8")
    _heading, _what, picture, _why, command, *_end = text.partition("## The RNN beside")[2].split(
        "\n\n"
    )

    done = CliRunner().invoke(gradients, shlex.split(command)[2:], env={"COLUMNS": "66"})
    shown = done.stdout.splitlines()

    assert {line.strip() for line in picture.splitlines()} <= {line.strip() for line in shown}
