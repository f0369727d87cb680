"""``tracer show`` takes its numbers from sentences, standard input, or a saved trace."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

import tracer
from tests.view.commands import error, run
from tracer.cells import Cell
from tracer.cli.gradients import command as gradients
from tracer.cli.show import command as show
from tracer.errors import TracerError
from tracer.trace.trace import Trace


def test_a_sentence_through_a_model_file(folder: Path) -> None:
    """The words need no quotes; what the model does not know is told."""
    shown = run(show, "you", "are", "a", "zebra", "--model", "small.model").stdout

    assert "you are a zebra" in shown
    assert "4  zebra (?)" in shown
    assert "(?) 1 of 4 words is not in the model's vocabulary, read as <unk>: zebra" in shown
    assert folder.exists()


@pytest.mark.usefixtures("folder")
def test_standard_input_stands_alone() -> None:
    """A sentence beside - would be left out without a word."""
    said = "- reads the sentences from standard input; give it alone"

    assert error("-", "you are bad", "--model", "small.model", typed="you are\n") == said


@pytest.mark.usefixtures("folder")
def test_sentences_from_standard_input() -> None:
    """One a line, each drawn, or only one of them."""
    typed = "you are bad\n\nyou are a man\n"

    both = run(show, "-", "--model", "small.model", typed=typed).stdout
    second = run(show, "-", "--model", "small.model", "--sentence", "2", typed=typed).stdout

    assert "you are bad" in both
    assert "you are a man" in both
    assert "you are bad" not in second


@pytest.mark.usefixtures("folder")
def test_quotes_part_sentences() -> None:
    """Two in quotes are two; words without quotes are one; where both came it is told."""
    model = ("--model", "small.model")
    two = run(show, "you are bad", "you are a man", *model)
    one = run(show, "you", "are", "bad", *model)
    both = run(show, "you are bad", "man", *model)

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
def test_each_sentence_is_run_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long one among short ones pads none of them: only what is drawn is run, one at a time."""
    ran: list[tuple[int, int]] = []
    unroll = tracer.unroll

    def counted(cell: Any, x: Any, **settings: Any) -> Trace:
        ran.append(x.shape[:2])
        return unroll(cell, x, **settings)

    monkeypatch.setattr("tracer.model.model.unroll", counted)
    typed = "you are bad\n" * 25 + "bad " * 500 + "\n"

    drawn = run(show, "-", "--model", "small.model", "--what", "states", typed=typed).stdout
    first, ran[:] = list(ran), []
    last = run(show, "-", "--model", "small.model", "--sentence", "26", typed=typed).stdout

    assert first == [(3, 1)] * 20
    assert drawn.endswith("20 of 26 sentences are shown; --sentence 21 shows the next one.\n")
    assert ran == [(500, 1)]
    assert "10 of 500 steps are shown" in last


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
    first = run(show, "you are bad", "--model", "small.model", "--save", "b.safetensors")
    again = run(show, "b.safetensors")

    assert first.stdout == again.stdout
    assert "tracer show b.safetensors" in first.stderr


@pytest.mark.usefixtures("folder")
def test_file_names_cannot_give_orders_to_the_terminal() -> None:
    """Neither where a trace was saved nor over its picture."""
    name = "\x1b]0;pwn\x07.safetensors"

    saved = run(show, "you are bad", "--model", "small.model", "--save", name)
    drawn = run(show, name, "--format", "svg")

    assert r"tracer show '\x1b]0;pwn\x07.safetensors'" in saved.stderr
    assert "pwn" in drawn.stdout
    assert not {"\x1b", "\x07"} & set(saved.output + drawn.output)


@pytest.mark.usefixtures("folder")
def test_traces_and_sentences_do_not_mix() -> None:
    """The error has the command that was meant, ready to copy."""
    said = error("a.safetensors", "my b.safetensors")
    assert said.endswith("\ntracer diff a.safetensors 'my b.safetensors'")
    assert "a.safetensors is a trace file: give it alone" in error("a.safetensors", "you")
    assert error("a.safetensors", command=gradients).endswith(
        "To see the gradients that are kept in it:\ntracer show a.safetensors --what backward"
    )
    assert error("--", "-x.safetensors", "y").endswith("\ntracer show ./-x.safetensors")


def test_the_screen_says_which_network_it_shows(folder: Path) -> None:
    """A file is called by its name; a name that could be two networks is refused."""
    tracer.Model.load("small.model").save("lstm-classify.safetensors")

    own = run(show, "you are bad", "--model", "lstm-classify.safetensors").stdout
    shipped = run(show, "you are bad", "--cell", "lstm", "--task", "classify").stdout

    assert "lstm-classify.safetensors · LSTM" in own
    assert "lstm-classify · LSTM" in shipped
    said = error("you are bad", "--model", "lstm-classify")
    assert "could be two networks" in said
    assert "--model lstm-classify.safetensors" in said
    assert "--cell lstm --task classify" in said
    with pytest.raises(TracerError, match="could be two networks"):
        run(gradients, "you are bad", "--model", "lstm-classify")
    assert folder.exists()


def test_a_file_is_not_read_as_a_sentence(folder: Path) -> None:
    """Its name would be one unknown word; the error says how to read the file, or the name."""
    (folder / "notes.txt").write_text("you are bad\nyou are a man\n")
    (folder / "text.safetensors").write_text("you are bad")
    (folder / "m.checkpoint").write_text("")
    tracer.Model.load("small.model").save("m.safetensors")

    assert error("m.checkpoint").endswith(
        "m.checkpoint is a training run, not a sentence. To continue it, or use its network:\n"
        "tracer train --save m.safetensors --resume\n"
        'tracer show "SENTENCE" --model m.safetensors'
    )
    assert "tracer show - < notes.txt" in error("notes.txt")
    assert "expected a tracer trace that tracer saved" in error("text.safetensors")
    assert "expected a tracer model that tracer saved" in error("you", "--model", "notes.txt")
    assert 'tracer show "SENTENCE" --model m.safetensors' in error("m.safetensors")
    assert "1  notes  " in run(show, "-", typed="notes txt").stdout.replace(" (?)", "")


def test_words_that_the_network_said_stand_apart(folder: Path) -> None:
    """In the title, in the strip and for programs; a saved trace and a part of it still know."""
    wish = ("you are", "--task", "generate")
    shown = run(show, *wish, "--save", "g.safetensors").stdout
    document = json.loads(run(show, *wish, "--format", "json").stdout)
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
    assert said in " ".join(run(show, text).stdout.split())


@pytest.mark.usefixtures("folder")
def test_words_that_are_not_known_are_told_at_the_verdict() -> None:
    """None of them, most of them, or only marked."""
    none, most, few = (
        run(show, text, "--model", "small.model").stdout
        for text in ("zebra foo", "zebra foo bad", "you are a zebra")
    )

    assert "The network knows none of these words" in none
    assert "final answer, a guess" in none
    assert "The network knows only 1 of 3 words; its answer rests on that one." in most
    assert "The network knows" not in few


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ({"forward"}, "once: LSTM, forward pass, float64 ...\n"),
        ({"backward"}, "once: LSTM, backward pass, float64 ...\n"),
        ({"forward", "backward"}, "once: LSTM, forward and backward pass, float64 ...\n"),
        (set(), ""),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_is_compiled_is_named(
    monkeypatch: pytest.MonkeyPatch, new: set[str], said: str
) -> None:
    """Each kind of work is compiled when it is first asked for, so none is said to be the last."""

    def needs_compiling(_cell: Cell, *, backward: bool = False) -> bool:
        return "forward" in new or (backward and "backward" in new)

    monkeypatch.setattr("tracer.kernels.cpu.device.needs_compiling", needs_compiling)
    monkeypatch.setattr("tracer.kernels.cpu.jit.keeps", lambda: True)
    what = [] if new == {"forward"} else ["--what", "backward"]
    done = run(show, "you are bad", "--model", "small.model", "--format", "json", *what)
    drawn = run(show, "you are bad", "--model", "small.model", *what)

    assert done.stderr == (said and f"compiling for this machine, {said}")
    assert drawn.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "loaded"),
    [
        (["show", "you are bad"], False),
        (["show", "you are bad", "--what", "backward"], False),
        (["gradients", "you are bad"], False),
        (["show", "you are bad", "--format", "json"], True),
        (["show", "you are bad", "--device", "cpu"], True),
    ],
)
def test_a_picture_of_a_sentence_waits_for_no_compiler(arguments: list[str], loaded: bool) -> None:
    """Numba is not even loaded; where every digit goes out, the kernels compute."""
    code = (
        "import atexit, sys\n"
        "atexit.register(lambda: print('numba' in sys.modules, file=sys.stderr))\n"
        f"sys.argv = ['tracer', *{arguments!r}]\nfrom tracer.cli import main\nmain()"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)

    assert ended.stderr.splitlines()[-1] == str(loaded)
