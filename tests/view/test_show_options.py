"""What ``tracer show`` is asked for, and what it refuses."""

from __future__ import annotations

import json
from typing import Any

import click
import pytest

import tracer
from tests.view.commands import error, run
from tracer.cli.diff import command as diff
from tracer.cli.gradients import command as gradients
from tracer.cli.show import command as show
from tracer.cli.train import command as train
from tracer.errors import TracerError


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("steps", "shown"),
    [("2", [2]), ("2:3", [2, 3]), (":2", [1, 2]), ("5:", [5, 6]), (":", [1, 2, 3, 4, 5, 6])],
)
def test_steps(steps: str, shown: list[int]) -> None:
    """One step or a range, both ends included, as the screen numbers them."""
    text = run(show, "a.safetensors", "--steps", steps).stdout

    assert [t for t in range(1, 7) if f"── t = {t} " in text] == shown


@pytest.mark.usefixtures("folder")
def test_errors_name_the_thing() -> None:
    """Each says what came, and what was wanted."""
    assert "--steps x: expected one step like 4, or a range like 2:5" in error(
        "a.safetensors", "--steps", "x"
    )
    assert "did you mean --steps 2:5?" in error("a.safetensors", "--steps", "5:2")
    assert "is out of range: this sentence has steps 1 to 6" in error(
        "a.safetensors", "--steps", "9"
    )
    assert "is out of range" in error("a.safetensors", "--steps", "9:")
    assert "there is no unit 99; this layer has units 0 to 7" in error(
        "a.safetensors", "--unit", "99", "--format", "csv"
    )
    assert "there is no such file" in error("b.safetensors")
    assert "is a saved trace; --cell, --level cannot change it" in error(
        "a.safetensors", "--cell", "rnn", "--level", "all"
    )
    assert "leave out --cell, --task, or --model" in error(
        "you", "--model", "small.model", "--cell", "rnn", "--task", "tag"
    )
    assert "a trace file ends in .safetensors" in error("you", "--save", "x.txt")
    assert "there is no sentence 3; this trace has 1" in error("a.safetensors", "--sentence", "3")
    assert "standard input is empty" in error("-", "--model", "small.model")
    assert "byte 0 is 0xff" in error("-", "--model", "small.model", typed=b"\xff\xfe")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("layout", ["rich", "plain", "json", "csv", "svg"])
def test_what_contradicts_itself_is_an_error(layout: str) -> None:
    """Nothing that was asked for is left out in silence."""
    said = error("a.safetensors", "--unit", "3", "--what", "output", "--format", layout)
    assert "--what output has a row for each class" in said
    assert "leave out --unit 3" in said

    themed = ("--theme", "light", "--format", layout)
    if layout in ("rich", "svg"):
        assert run(show, "a.safetensors", *themed).stdout
    else:
        assert f"--theme light chooses colours, and --format {layout} has none" in error(
            "a.safetensors", *themed
        )
        with pytest.raises(TracerError, match="--theme light chooses colours"):
            run(gradients, "you", "--model", "small.model", *themed)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--unit", "2", "--what", "gates"), "leave out --what gates, or --unit"),
        (("--target", "praise"), "add --what output or --what backward"),
        (("--target", "praise", "--what", "gates", "--format", "csv"), "add --what output"),
        (("--level", "states", "--what", "gates"), "add --save FILE"),
        (("--sentence", "1"), "--sentence 1 has no effect: there is only one sentence"),
        (("--words",), "--words has no effect: this network splits the sentence at the same"),
    ],
)
def test_an_option_without_effect_is_an_error(arguments: tuple[str, ...], said: str) -> None:
    """It says what to do, for whoever typed it wanted something."""
    assert said in error("you are bad", "--model", "small.model", *arguments)


@pytest.mark.usefixtures("folder")
def test_the_same_options_where_they_have_an_effect() -> None:
    """A target gives JSON its loss and a file its gradients' loss; a level makes a file smaller."""
    wish = ("you are bad", "--model", "small.model")

    document = json.loads(run(show, *wish, "--target", "praise", "--format", "json").stdout)
    run(show, *wish, "--target", "praise", "--level", "states", "--save", "b.safetensors")

    assert "loss" in document["quantities"]
    assert tracer.open("b.safetensors").level == "states"
    assert "loss" in tracer.open("b.safetensors").names


@pytest.mark.usefixtures("folder")
def test_a_target_gives_the_loss() -> None:
    """Also without gradients; a finished trace takes none any more."""
    shown = run(
        show, "you are bad", "--model", "small.model", "--target", "praise", "--what", "output"
    ).stdout

    assert "target praise: loss = " in shown
    assert "cannot change it" in error("a.safetensors", "--target", "praise")
    assert "there is no label 'x'" in error(
        "you", "--model", "small.model", "--what", "output", "--target", "x"
    )
    assert "this trace has no gradients; make one that does" in error(
        "a.safetensors", "--what", "backward"
    )


@pytest.mark.usefixtures("folder")
def test_backward_through_a_model_file_and_a_saved_trace() -> None:
    """--what backward runs backward from the own answer or from --target; a saved one stays so."""
    wish = ("--what", "backward", "--model", "small.model")
    own = run(show, "you are bad", *wish, "--save", "b.safetensors").stdout
    other = run(show, "you are bad", *wish, "--target", "praise").stdout
    again = run(show, "b.safetensors", "--what", "backward").stdout

    assert "the network's own answer" in " ".join(own.split())
    assert "for the target 'praise'" in other
    assert again == own


@pytest.mark.usefixtures("folder")
def test_the_gradients_of_one_sentence_of_many() -> None:
    """Its share of the loss is that of the batch, also where it is run alone."""
    wish = ("-", "--model", "small.model", "--what", "backward")
    typed = "you are bad\nyou are a man\n"

    second = run(show, *wish, "--sentence", "2", typed=typed).stdout
    run(show, *wish, "--save", "both.safetensors", typed=typed)
    saved = run(show, "both.safetensors", "--what", "backward", "--sentence", "2").stdout

    assert "The loss is the mean over 2 sentences, so each one counts 1/2." in second
    assert second == saved


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("command", "option"),
    [(show, option) for option in ("--model", "--steps", "--target", "--device", "--save")]
    + [(gradients, "--model"), (gradients, "--target"), (diff, "--output"), (train, "--encoding")],
)
def test_an_empty_option_is_an_error(command: Any, option: str) -> None:
    """As where ``--device "$DEVICE"`` is typed and DEVICE is not set."""
    given = {diff: ["a.safetensors", "a.safetensors"], train: []}.get(command, ["you are bad"])

    with pytest.raises(click.BadParameter, match=r"it is empty\."):
        run(command, *given, option, "")
