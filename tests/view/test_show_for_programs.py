"""The same numbers as CSV, JSON and SVG, on standard output or in a file."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

import tracer
from tests.view.commands import error, run
from tracer.cli.diff import command as diff
from tracer.cli.gradients import command as gradients
from tracer.cli.show import command as show


@pytest.mark.usefixtures("folder")
def test_numbers_for_programs_follow_the_wish() -> None:
    """--steps, --unit and --what narrow JSON and CSV as they narrow the screen."""
    wish = ("a.safetensors", "--steps", "2:3", "--unit", "5", "--what", "states")

    document = json.loads(run(show, *wish, "--format", "json").stdout)
    lines = list(csv.DictReader(io.StringIO(run(show, *wish, "--format", "csv").stdout)))

    trace = tracer.open("a.safetensors")
    assert document["steps"] == [2, 3]
    assert document["units"] == [5]
    assert set(document["quantities"]) == {"c", "h"}
    assert document["quantities"]["c"]["values"][0][0] == [trace["c"][1, 0, 5]]
    assert [(x["step"], x["quantity"], x["unit"]) for x in lines] == [
        ("2", "c", "5"), ("2", "h", "5"), ("3", "c", "5"), ("3", "h", "5"),
    ]  # fmt: skip
    assert float(lines[0]["value"]) == trace["c"][1, 0, 5]


@pytest.mark.usefixtures("folder")
def test_the_output_as_csv() -> None:
    """Scores and probabilities, one class a line."""
    shown = run(show, "a.safetensors", "--what", "output", "--format", "csv").stdout

    assert {line["quantity"] for line in csv.DictReader(io.StringIO(shown))} == {"logits", "probs"}


@pytest.mark.usefixtures("folder")
def test_svg_on_standard_output() -> None:
    """Dark and light differ; neither depends on the terminal."""
    dark, light = (
        run(show, "a.safetensors", "--format", "svg", "--theme", theme).stdout
        for theme in ("dark", "light")
    )

    assert dark.startswith("<svg")
    assert dark != light


@pytest.mark.usefixtures("folder")
def test_a_batch_for_programs() -> None:
    """CSV has no padding and each sentence's number; JSON is one document of the whole batch."""
    wish = ("-", "--model", "small.model", "--what", "states", "--format")
    typed = "you are bad\nyou\nyou are a man"

    lines = list(csv.DictReader(io.StringIO(run(show, *wish, "csv", typed=typed).stdout)))
    third = list(
        csv.DictReader(io.StringIO(run(show, *wish, "csv", "--sentence", "3", typed=typed).stdout))
    )
    late = run(show, *wish, "csv", "--steps", "3:", typed=typed).stdout.splitlines()
    document = json.loads(run(show, *wish, "json", typed=typed).stdout)

    steps = [(line["sentence"], line["step"]) for line in lines[::16]]
    assert steps == [("1", "1"), ("1", "2"), ("1", "3"), ("2", "1"),
                     ("3", "1"), ("3", "2"), ("3", "3"), ("3", "4")]  # fmt: skip
    assert third == lines[4 * 16 :]
    assert {line[:3] for line in late[1:]} == {"1,3", "3,3", "3,4"}
    assert [sentence["length"] for sentence in document["sentences"]] == [3, 1, 4]


@pytest.mark.usefixtures("folder")
def test_a_document_that_would_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """JSON pads, and the error says what does not."""
    monkeypatch.setattr("tracer.kernels.memory.free_memory", lambda: 10**8)
    typed = "you are bad\n" * 99 + "bad " * 500

    said = error("-", "--model", "small.model", "--format", "json", typed=typed)

    assert said.startswith("JSON pads each of 100 sentences to the 500 words of the longest")
    assert said.endswith("--format csv has no padding, and --sentence chooses one")


@pytest.mark.usefixtures("folder")
def test_gradients_for_programs() -> None:
    """JSON has those of the weights too, CSV those of every step and unit; a picture is drawn."""
    wish = ("you are bad", "--model", "small.model", "--what", "backward", "--format")

    document = json.loads(run(show, *wish, "json").stdout)
    lines = list(csv.DictReader(io.StringIO(run(show, *wish, "csv").stdout)))
    svg = run(show, *wish, "svg").stdout

    assert {"d_h", "d_c_from_next", "d_U", "d_h_0", "d_logits"} <= set(document["quantities"])
    assert "f" not in document["quantities"]
    assert len(lines) == 3 * 15 * 8
    assert {line["quantity"] for line in lines} >= {"d_h_from_loss", "d_z_o"}
    assert "d_c_from_next" in svg


@pytest.mark.usefixtures("folder")
def test_everything_of_a_trace_with_gradients_as_csv() -> None:
    """What has no step, as the gradient of a weight, stays out; the rest is there."""
    run(
        show,
        "you are bad",
        "--model",
        "small.model",
        "--what",
        "backward",
        "--save",
        "b.safetensors",
    )

    lines = csv.DictReader(io.StringIO(run(show, "b.safetensors", "--format", "csv").stdout))

    names = {line["quantity"] for line in lines}
    assert {"f", "probs", "loss", "d_h", "d_x", "d_logits"} <= names
    assert not names & {"d_U", "d_h_0"}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("layout", ["csv", "json", "svg", "plain"])
def test_output_goes_to_a_file_whole(layout: str) -> None:
    """As UTF-8; nothing goes to the screen, and after an error there is no file."""
    wish = ("你 好", "--model", "small.model", "--format", layout, "--output", f"x.{layout}")
    done = run(show, *wish)
    shown = run(show, *wish[:-2])

    assert done.stdout == ""
    assert Path(f"x.{layout}").read_bytes() == shown.stdout_bytes
    assert error(*wish[:-1], "none/x") == "cannot write none/x: No such file or directory"
    assert not Path("none").exists()


@pytest.mark.usefixtures("folder")
def test_where_an_output_is_written() -> None:
    """diff and gradients have it too; what has no effect is refused."""
    run(diff, "a.safetensors", "a.safetensors", "--format", "json", "--output", "d.json")
    run(gradients, "you are bad", "--format", "csv", "--output", "g.csv")

    assert json.loads(Path("d.json").read_text()) == {"equal": True}
    assert Path("g.csv").read_text().startswith("model,step,word,number,value\n")
    for command, given in ((show, ["you"]), (gradients, ["you"]), (diff, ["a", "b"])):
        said = error(*given, "--output", "x", command=command)
        assert said.startswith("--output x: --format rich is for a screen; add --format plain")
        said = error(*given, "--no-pager", "--format", "json", command=command)
        assert said == "--no-pager: --format json opens none"
    assert "to keep the trace itself, use --save x.safetensors" in error(
        "you", "--format", "csv", "--output", "x.safetensors"
    )
