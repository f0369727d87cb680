"""``tracer show`` and ``tracer diff`` as commands, on saved traces and on models."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

import tracer
from tests.view.traces import lstm_cell, made_trace, rnn_cell
from tracer.cli.diff import command as diff
from tracer.cli.gradients import command as gradients
from tracer.cli.show import command as show
from tracer.errors import TracerError
from tracer.text.encoder import Encoder
from tracer.text.vocabulary import Vocabulary
from tracer.trace.trace import Trace

WORDS = ("<unk>", "you", "are", "a", "really", "bad", "man", "=x")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lstm_trace: Trace) -> Path:
    """A folder with a saved trace ``a.safetensors`` and a model ``small.safetensors``."""
    monkeypatch.chdir(tmp_path)
    tracer.save(lstm_trace, "a.safetensors")
    random = np.random.default_rng(5)
    tracer.Model(
        Encoder.embedding(Vocabulary(WORDS), random.normal(size=(len(WORDS), 4))),
        (tracer.Layer(lstm_cell()),),
        tracer.Head(random.normal(size=(2, 8)), np.zeros(2)),
        "classify",
        ("praise", "insult"),
        "small",
    ).save("small.model")
    return tmp_path


def _run(command: Any, *arguments: str, typed: str | bytes = "") -> Result:
    done = CliRunner().invoke(
        command, list(arguments), input=typed, standalone_mode=False, env={"COLUMNS": "80"}
    )
    if done.exception is not None:
        raise done.exception
    return done


def _error(*arguments: str, typed: str | bytes = "", command: Any = show) -> str:
    """The error, and the commands that it says to type, a line each."""
    with pytest.raises(TracerError) as caught:
        _run(command, *arguments, typed=typed)
    return "\n".join([str(caught.value), *getattr(caught.value, "__notes__", ())])


def test_a_sentence_through_a_model_file(folder: Path) -> None:
    """The words need no quotes; what the model does not know is told."""
    shown = _run(show, "you", "are", "a", "zebra", "--model", "small.model").stdout

    assert "you are a zebra" in shown
    assert "4  zebra (?)" in shown
    assert "(?) 1 of 4 words is not in the model's vocabulary, read as <unk>: zebra" in shown
    assert folder.exists()


@pytest.mark.usefixtures("folder")
def test_standard_input_stands_alone() -> None:
    """A sentence beside - would be left out without a word."""
    said = "- reads the sentences from standard input; give it alone"

    assert _error("-", "you are bad", "--model", "small.model", typed="you are\n") == said


@pytest.mark.usefixtures("folder")
def test_a_file_that_cannot_be_saved_costs_no_screen(capsys: pytest.CaptureFixture[str]) -> None:
    """It is saved last, after what was asked for is on the screen."""
    arguments = ["you are bad", "--model", "small.model", "--save", "none/b.safetensors"]

    with pytest.raises(tracer.FileError, match=r"cannot write none/b\.safetensors"):
        show.main(arguments, standalone_mode=False)

    assert "you are bad" in capsys.readouterr().out


@pytest.mark.usefixtures("folder")
def test_a_saved_trace_is_shown_as_it_was() -> None:
    """--save and show FILE give the same screen, the name of the model included."""
    first = _run(show, "you are bad", "--model", "small.model", "--save", "b.safetensors")
    again = _run(show, "b.safetensors")

    assert first.stdout == again.stdout
    assert "tracer show b.safetensors" in first.stderr


@pytest.mark.usefixtures("folder")
def test_file_names_cannot_give_orders_to_the_terminal() -> None:
    """Neither where a trace was saved nor over its picture."""
    name = "\x1b]0;pwn\x07.safetensors"

    saved = _run(show, "you are bad", "--model", "small.model", "--save", name)
    drawn = _run(show, name, "--format", "svg")

    assert r"tracer show '\x1b]0;pwn\x07.safetensors'" in saved.stderr
    assert "pwn" in drawn.stdout
    assert not {"\x1b", "\x07"} & set(saved.output + drawn.output)


@pytest.mark.usefixtures("folder")
def test_sentences_from_standard_input() -> None:
    """One a line, each drawn, or only one of them."""
    typed = "you are bad\n\nyou are a man\n"

    both = _run(show, "-", "--model", "small.model", typed=typed).stdout
    second = _run(show, "-", "--model", "small.model", "--sentence", "2", typed=typed).stdout

    assert "you are bad" in both
    assert "you are a man" in both
    assert "you are bad" not in second


@pytest.mark.usefixtures("folder")
def test_quotes_part_sentences() -> None:
    """Two in quotes are two; words without quotes are one; where both came it is told."""
    model = ("--model", "small.model")
    two = _run(show, "you are bad", "you are a man", *model)
    one = _run(show, "you", "are", "bad", *model)
    both = _run(show, "you are bad", "man", *model)

    def titles(done: Result) -> list[str]:
        lines = done.stdout.splitlines()
        return [
            lines[k - 1].strip() for k, line in enumerate(lines) if "small.model · LSTM" in line
        ]

    assert titles(two) == ["you are bad", "you are a man"]
    assert titles(one) == ["you are bad"]
    assert two.stderr == one.stderr == ""
    assert titles(both) == ["you are bad", "man"]
    assert both.stderr == "read as 2 sentences, for some are in quotes: 'you are bad' man\n"


@pytest.mark.usefixtures("folder")
def test_traces_and_sentences_do_not_mix() -> None:
    """The error has the command that was meant, ready to copy."""
    said = _error("a.safetensors", "my b.safetensors")
    assert said.endswith("\ntracer diff a.safetensors 'my b.safetensors'")
    assert "a.safetensors is a trace file and stands alone" in _error("a.safetensors", "you")
    assert _error("a.safetensors", command=gradients).endswith(
        "To see the gradients that are kept in it:\ntracer show a.safetensors --what backward"
    )
    assert _error("--", "-x.safetensors", "y").endswith("\ntracer show ./-x.safetensors")


@pytest.mark.usefixtures("folder")
def test_each_sentence_is_run_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long one among short ones pads none of them: only what is drawn is run, one at a time."""
    ran: list[tuple[int, int]] = []
    unroll = tracer.unroll

    def counted(cell: Any, x: Any, **settings: Any) -> Trace:
        ran.append(x.shape[:2])
        return unroll(cell, x, **settings)

    monkeypatch.setattr("tracer.model.model.unroll", counted)
    typed = "you are bad\n" * 25 + "bad " * 500 + "\n"

    drawn = _run(show, "-", "--model", "small.model", "--what", "states", typed=typed).stdout
    first, ran[:] = list(ran), []
    last = _run(show, "-", "--model", "small.model", "--sentence", "26", typed=typed).stdout

    assert first == [(3, 1)] * 20
    assert drawn.endswith("20 of 26 sentences are shown; --sentence 21 shows the next one.\n")
    assert ran == [(500, 1)]
    assert "10 of 500 steps are shown" in last


@pytest.mark.usefixtures("folder")
def test_a_batch_for_programs() -> None:
    """CSV has no padding and each sentence's number; JSON is one document of the whole batch."""
    wish = ("-", "--model", "small.model", "--what", "states", "--format")
    typed = "you are bad\nyou\nyou are a man"

    lines = list(csv.DictReader(io.StringIO(_run(show, *wish, "csv", typed=typed).stdout)))
    third = list(
        csv.DictReader(io.StringIO(_run(show, *wish, "csv", "--sentence", "3", typed=typed).stdout))
    )
    late = _run(show, *wish, "csv", "--steps", "3:", typed=typed).stdout.splitlines()
    document = json.loads(_run(show, *wish, "json", typed=typed).stdout)

    steps = [(line["sentence"], line["step"]) for line in lines[::16]]
    assert steps == [("1", "1"), ("1", "2"), ("1", "3"), ("2", "1"),
                     ("3", "1"), ("3", "2"), ("3", "3"), ("3", "4")]  # fmt: skip
    assert third == lines[4 * 16 :]
    assert {line[:3] for line in late[1:]} == {"1,3", "3,3", "3,4"}
    assert [sentence["length"] for sentence in document["sentences"]] == [3, 1, 4]


@pytest.mark.usefixtures("folder")
def test_a_document_that_would_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """JSON pads, and the error says what does not."""
    monkeypatch.setattr("tracer.trace.room.free_memory", lambda: 10**8)
    typed = "you are bad\n" * 99 + "bad " * 500

    said = _error("-", "--model", "small.model", "--format", "json", typed=typed)

    assert said.startswith("JSON pads each of 100 sentences to the 500 words of the longest")
    assert said.endswith("--format csv has no padding, and --sentence chooses one")


@pytest.mark.usefixtures("folder")
def test_the_gradients_of_one_sentence_of_many() -> None:
    """Its share of the loss is that of the batch, also where it is run alone."""
    wish = ("-", "--model", "small.model", "--what", "backward")
    typed = "you are bad\nyou are a man\n"

    second = _run(show, *wish, "--sentence", "2", typed=typed).stdout
    _run(show, *wish, "--save", "both.safetensors", typed=typed)
    saved = _run(show, "both.safetensors", "--what", "backward", "--sentence", "2").stdout

    assert "The loss is the mean over 2 sentences, so each one counts 1/2." in second
    assert second == saved


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("layout", ["csv", "json", "svg", "plain"])
def test_output_goes_to_a_file_whole(layout: str) -> None:
    """As UTF-8; nothing goes to the screen, and after an error there is no file."""
    wish = ("你 好", "--model", "small.model", "--format", layout, "--output", f"x.{layout}")
    done = _run(show, *wish)
    shown = _run(show, *wish[:-2])

    assert done.stdout == ""
    assert Path(f"x.{layout}").read_bytes() == shown.stdout_bytes
    assert _error(*wish[:-1], "none/x") == "cannot write none/x: No such file or directory"
    assert not Path("none").exists()


@pytest.mark.usefixtures("folder")
def test_where_an_output_is_written() -> None:
    """diff and gradients have it too; what has no effect is refused."""
    _run(diff, "a.safetensors", "a.safetensors", "--format", "json", "--output", "d.json")
    _run(gradients, "you are bad", "--format", "csv", "--output", "g.csv")

    assert json.loads(Path("d.json").read_text()) == {"equal": True}
    assert Path("g.csv").read_text().startswith("model,step,word,number,value\n")
    for command, given in ((show, ["you"]), (gradients, ["you"]), (diff, ["a", "b"])):
        said = _error(*given, "--output", "x", command=command)
        assert said.startswith("--output x: --format rich is for a screen; add --format plain")
        said = _error(*given, "--no-pager", "--format", "json", command=command)
        assert said == "--no-pager: --format json opens none"
    assert "to keep the trace itself, use --save x.safetensors" in _error(
        "you", "--format", "csv", "--output", "x.safetensors"
    )


@pytest.mark.usefixtures("folder")
def test_a_network_that_generates_only_reads_for_its_gradients() -> None:
    """The words given are all there are; the loss is that of the next one."""
    shown = _run(gradients, "you are", "--model", "lstm-generate").stdout
    other = _run(gradients, "you are", "--model", "lstm-generate", "--target", "bad").stdout

    assert " ".join(shown.split()).startswith(
        "you are lstm-generate (LSTM, 12 units): loss 0.33 for the target 'a', its own next word; "
        "it generates nothing here and reads only the given words"
    )
    assert "loss 14.0 for the target 'bad' as the next word" in " ".join(other.split())


@pytest.mark.usefixtures("folder")
def test_numbers_for_programs_follow_the_wish() -> None:
    """--steps, --unit and --what narrow JSON and CSV as they narrow the screen."""
    wish = ("a.safetensors", "--steps", "2:3", "--unit", "5", "--what", "states")

    document = json.loads(_run(show, *wish, "--format", "json").stdout)
    lines = list(csv.DictReader(io.StringIO(_run(show, *wish, "--format", "csv").stdout)))

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
    shown = _run(show, "a.safetensors", "--what", "output", "--format", "csv").stdout

    assert {line["quantity"] for line in csv.DictReader(io.StringIO(shown))} == {"logits", "probs"}


@pytest.mark.usefixtures("folder")
def test_svg_on_standard_output() -> None:
    """Dark and light differ; neither depends on the terminal."""
    dark, light = (
        _run(show, "a.safetensors", "--format", "svg", "--theme", theme).stdout
        for theme in ("dark", "light")
    )

    assert dark.startswith("<svg")
    assert dark != light


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("steps", "shown"), [("2", [2]), ("2:3", [2, 3]), (":2", [1, 2]), ("5:", [5, 6])]
)
def test_steps(steps: str, shown: list[int]) -> None:
    """One step or a range, both ends included, as the screen numbers them."""
    text = _run(show, "a.safetensors", "--steps", steps).stdout

    assert [t for t in range(1, 7) if f"── t = {t} " in text] == shown


@pytest.mark.usefixtures("folder")
def test_errors_name_the_thing() -> None:
    """Each says what came, and what was wanted."""
    assert "--steps x: expected one step like 4, or a range like 2:5" in _error(
        "a.safetensors", "--steps", "x"
    )
    assert "did you mean --steps 2:5?" in _error("a.safetensors", "--steps", "5:2")
    assert "is out of range: this sentence has steps 1 to 6" in _error(
        "a.safetensors", "--steps", "9"
    )
    assert "is out of range" in _error("a.safetensors", "--steps", "9:")
    assert "there is no unit 99; this layer has units 0 to 7" in _error(
        "a.safetensors", "--unit", "99", "--format", "csv"
    )
    assert "there is no such file" in _error("b.safetensors")
    assert "is a saved trace; --cell, --level cannot change it" in _error(
        "a.safetensors", "--cell", "rnn", "--level", "all"
    )
    assert "leave out --cell, --task, or --model" in _error(
        "you", "--model", "small.model", "--cell", "rnn", "--task", "tag"
    )
    assert "a trace file ends in .safetensors" in _error("you", "--save", "x.txt")
    assert "there is no sentence 3; this trace has 1" in _error("a.safetensors", "--sentence", "3")
    assert "standard input is empty" in _error("-", "--model", "small.model")
    assert "byte 0 is 0xff" in _error("-", "--model", "small.model", typed=b"\xff\xfe")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("layout", ["rich", "plain", "json", "csv", "svg"])
def test_what_contradicts_itself_is_an_error(layout: str) -> None:
    """Nothing that was asked for is left out in silence."""
    said = _error("a.safetensors", "--unit", "3", "--what", "output", "--format", layout)
    assert "--what output has a row for each class" in said
    assert "leave out --unit 3" in said

    themed = ("--theme", "light", "--format", layout)
    if layout in ("rich", "svg"):
        assert _run(show, "a.safetensors", *themed).stdout
    else:
        assert f"--theme light chooses colours, and --format {layout} has none" in _error(
            "a.safetensors", *themed
        )
        with pytest.raises(TracerError, match="--theme light chooses colours"):
            _run(gradients, "you", "--model", "small.model", *themed)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--unit", "2", "--what", "gates"), "leave out --what gates, or --unit"),
        (("--target", "praise"), "add --what output or --what backward"),
        (("--target", "praise", "--what", "gates", "--format", "csv"), "add --what output"),
        (("--level", "states", "--what", "gates"), "add --save FILE"),
    ],
)
def test_an_option_without_effect_is_an_error(arguments: tuple[str, ...], said: str) -> None:
    """It says what to do, for whoever typed it wanted something."""
    assert said in _error("you are bad", "--model", "small.model", *arguments)


@pytest.mark.usefixtures("folder")
def test_the_same_options_where_they_have_an_effect() -> None:
    """A target gives JSON its loss and a file its gradients' loss; a level makes a file smaller."""
    wish = ("you are bad", "--model", "small.model")

    document = json.loads(_run(show, *wish, "--target", "praise", "--format", "json").stdout)
    _run(show, *wish, "--target", "praise", "--level", "states", "--save", "b.safetensors")

    assert "loss" in document["quantities"]
    assert tracer.open("b.safetensors").level == "states"
    assert "loss" in tracer.open("b.safetensors").names


def test_the_screen_says_which_network_it_shows(folder: Path) -> None:
    """A file is called by its name; a name that could be two networks is refused."""
    tracer.Model.load("small.model").save("lstm-classify.safetensors")

    own = _run(show, "you are bad", "--model", "lstm-classify.safetensors").stdout
    shipped = _run(show, "you are bad", "--cell", "lstm", "--task", "classify").stdout

    assert "lstm-classify.safetensors · LSTM" in own
    assert "lstm-classify · LSTM" in shipped
    said = _error("you are bad", "--model", "lstm-classify")
    assert "could be two networks" in said
    assert "--model lstm-classify.safetensors" in said
    assert "--cell lstm --task classify" in said
    with pytest.raises(TracerError, match="could be two networks"):
        _run(gradients, "you are bad", "--model", "lstm-classify")
    assert folder.exists()


def test_a_file_is_not_read_as_a_sentence(folder: Path) -> None:
    """Its name would be one unknown word; the error says how to read the file, or the name."""
    (folder / "notes.txt").write_text("you are bad\nyou are a man\n")
    (folder / "text.safetensors").write_text("you are bad")
    tracer.Model.load("small.model").save("m.safetensors")

    assert "tracer show - < notes.txt" in _error("notes.txt")
    assert "expected a tracer trace that tracer saved" in _error("text.safetensors")
    assert "expected a tracer model that tracer saved" in _error("you", "--model", "notes.txt")
    assert 'tracer show "SENTENCE" --model m.safetensors' in _error("m.safetensors")
    assert "1  notes  " in _run(show, "-", typed="notes txt").stdout.replace(" (?)", "")


@pytest.mark.usefixtures("folder")
def test_gradients_of_one_sentence_only() -> None:
    """From standard input too; a forget bias needs a forget gate."""
    wish = ("--model", "small.model")
    assert "small.model: at the first" in _run(gradients, "-", *wish, typed="you are bad").stdout
    with pytest.raises(TracerError, match="2 sentences came; this picture is of one"):
        _run(gradients, "-", *wish, typed="you are\nbad man")
    with pytest.raises(TracerError, match="none of these networks has a forget gate"):
        _run(
            gradients, "you are bad", "--model", "rnn-classify", "--untrained", "--forget-bias", "2"
        )


@pytest.mark.usefixtures("folder")
def test_diff_says_by_its_exit_code_whether_they_agree() -> None:
    """0 for equal, 1 for different."""
    tracer.save(made_trace(lstm_cell(seed=2)), "other.safetensors")

    equal = _run(diff, "a.safetensors", "a.safetensors")
    different = _run(diff, "a.safetensors", "other.safetensors")
    as_json = _run(diff, "a.safetensors", "other.safetensors", "--format", "json")

    assert (equal.return_value, different.return_value) == (0, 1)
    assert "First difference: t = 1" in " ".join(different.stdout.split())
    assert json.loads(as_json.stdout)["equal"] is False


@pytest.mark.usefixtures("folder")
def test_diff_of_different_cells_is_an_error() -> None:
    """An LSTM and an RNN have nothing to compare."""
    tracer.save(made_trace(rnn_cell()), "rnn.safetensors")

    with pytest.raises(TracerError, match="differ in kind of cell"):
        _run(diff, "a.safetensors", "rnn.safetensors")


@pytest.mark.usefixtures("folder")
def test_wide_tolerances_make_them_equal() -> None:
    """--atol 10 forgives everything that squeezes through tanh."""
    tracer.save(made_trace(lstm_cell(seed=2)), "other.safetensors")

    done = _run(diff, "a.safetensors", "other.safetensors", "--atol", "1000")

    assert done.return_value == 0


@pytest.mark.usefixtures("folder")
def test_backward_through_a_model_file_and_a_saved_trace() -> None:
    """--what backward runs backward from the own answer or from --target; a saved one stays so."""
    wish = ("--what", "backward", "--model", "small.model")
    own = _run(show, "you are bad", *wish, "--save", "b.safetensors").stdout
    other = _run(show, "you are bad", *wish, "--target", "praise").stdout
    again = _run(show, "b.safetensors", "--what", "backward").stdout

    assert "the network's own answer" in " ".join(own.split())
    assert "for the target 'praise'" in other
    assert again == own


@pytest.mark.usefixtures("folder")
def test_gradients_for_programs() -> None:
    """JSON has those of the weights too, CSV those of every step and unit; a picture is drawn."""
    wish = ("you are bad", "--model", "small.model", "--what", "backward", "--format")

    document = json.loads(_run(show, *wish, "json").stdout)
    lines = list(csv.DictReader(io.StringIO(_run(show, *wish, "csv").stdout)))
    svg = _run(show, *wish, "svg").stdout

    assert {"d_h", "d_c_from_next", "d_U", "d_h_0", "d_logits"} <= set(document["quantities"])
    assert "f" not in document["quantities"]
    assert len(lines) == 3 * 15 * 8
    assert {line["quantity"] for line in lines} >= {"d_h_from_loss", "d_z_o"}
    assert "d_c_from_next" in svg


@pytest.mark.usefixtures("folder")
def test_everything_of_a_trace_with_gradients_as_csv() -> None:
    """What has no step, as the gradient of a weight, stays out; the rest is there."""
    _run(
        show,
        "you are bad",
        "--model",
        "small.model",
        "--what",
        "backward",
        "--save",
        "b.safetensors",
    )

    lines = csv.DictReader(io.StringIO(_run(show, "b.safetensors", "--format", "csv").stdout))

    names = {line["quantity"] for line in lines}
    assert {"f", "probs", "loss", "d_h", "d_x", "d_logits"} <= names
    assert not names & {"d_U", "d_h_0"}


@pytest.mark.usefixtures("folder")
def test_a_target_gives_the_loss() -> None:
    """Also without gradients; a finished trace takes none any more."""
    shown = _run(
        show, "you are bad", "--model", "small.model", "--target", "praise", "--what", "output"
    ).stdout

    assert "target praise: loss = " in shown
    assert "cannot change it" in _error("a.safetensors", "--target", "praise")
    assert "there is no label 'x'" in _error(
        "you", "--model", "small.model", "--what", "output", "--target", "x"
    )
    assert "this trace has no gradients; make one that does" in _error(
        "a.safetensors", "--what", "backward"
    )


@pytest.mark.usefixtures("folder")
def test_gradients_of_several_networks() -> None:
    """A column for each; JSON, CSV and a picture as well."""
    arguments = ("you are bad", "--model", "small.model", "--model", "rnn-classify")
    shown = _run(gradients, *arguments).stdout
    document = json.loads(_run(gradients, *arguments, "--format", "json").stdout)
    lines = _run(gradients, *arguments, "--format", "csv").stdout.splitlines()
    dark, light = (
        _run(gradients, *arguments, "--format", "svg", "--theme", theme).stdout
        for theme in ("dark", "light")
    )

    assert "small.model: at the first word (you)" in shown
    assert [network["model"] for network in document["networks"]] == ["small.model", "rnn-classify"]
    assert lines[0] == "model,step,word,number,value"
    assert dark.startswith("<svg")
    assert dark != light
    with pytest.raises(TracerError, match="there is no label 'x'"):
        _run(gradients, *arguments, "--target", "x")


@pytest.mark.usefixtures("folder")
def test_gradients_before_training() -> None:
    """--untrained draws fresh weights and says how; its options need it."""
    wish = ("you are bad", "--model", "small.model")

    shown = _run(gradients, *wish, "--untrained", "--seed", "4", "--forget-bias", "2").stdout

    assert "random weights: uniform, forget bias 2, seed 4" in shown
    assert "untrained small.model" in shown
    with pytest.raises(TracerError, match="--initial, --seed apply to random weights only"):
        _run(gradients, *wish, "--seed", "4", "--initial", "orthogonal")


def test_words_that_the_network_said_stand_apart(folder: Path) -> None:
    """In the title, in the strip and for programs; a saved trace and a part of it still know."""
    wish = ("you are", "--task", "generate")
    shown = _run(show, *wish, "--save", "g.safetensors").stdout
    document = json.loads(_run(show, *wish, "--format", "json").stdout)
    trace = tracer.open("g.safetensors")

    title, strip = shown.splitlines()[1], shown.splitlines()[4:9]
    assert title.startswith("  you are \u2192 ")
    assert [line.split()[1] for line in strip[1:3]] == ["you", "are"]
    assert strip[3].strip() == "generated by the network from here on"
    assert document["sentences"][0]["given"] == 2
    assert (trace.given, trace.sel(step=slice(1, 4)).given) == ((2,), (1,))
    assert trace.sel(step=slice(3, 5)).given == (0,)
    assert folder.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "你是一个非常坏的人",
            "read as <unk>: 一, 个, 坏 This is Simplified Chinese, as 个 shows; the networks",
        ),
        (
            "你是一個非常壞的人",
            "(?) 1 of 8 words is not in the model's vocabulary, read as <unk>: 一 ── t = 1",
        ),
    ],
)
def test_simplified_characters_are_named(text: str, said: str) -> None:
    """By one that Traditional Chinese does not have; how many words are unknown is told."""
    assert said in " ".join(_run(show, text).stdout.split())


@pytest.mark.usefixtures("folder")
def test_words_that_are_not_known_are_told_at_the_verdict() -> None:
    """None of them, most of them, or only marked."""
    none, most, few = (
        _run(show, text, "--model", "small.model").stdout
        for text in ("zebra foo", "zebra foo bad", "you are a zebra")
    )

    assert "The network knows none of these words" in none
    assert "final answer, a guess" in none
    assert "The network knows only 1 of 3 words; its answer rests on that one." in most
    assert "The network knows" not in few
