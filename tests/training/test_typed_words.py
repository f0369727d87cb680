"""What a network learned from words that were cut, typed text can become again."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from tracer.cli import command_line

CUT = ("I", "'m", "gon", "na", "walk", "10 000", "steps")


def treebank() -> str:
    """Twelve sentences as a treebank cuts them."""
    lines = []
    for n in range(12):
        words = (*CUT, "or", f"{n}")
        lines.append(f"# text = I'm gonna walk 10 000 steps or {n}")
        for at, word in enumerate(words, 1):
            lines.append(
                f"{at}\t{word}\t_\t{'NUM' if word[0].isdigit() else 'X'}\t_\t_\t0\t_\t_\t_"
            )
        lines.append("")
    return "\n".join(lines) + "\n"


def run(*words: str) -> str:
    """What the command says, without line breaks; it must be a success."""
    done = CliRunner().invoke(command_line, list(words))

    assert done.exit_code == 0, done.output
    return " ".join(done.stdout.split())


def test_a_tagger_is_asked_in_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its report says which words nobody types so, and how they are to be typed."""
    monkeypatch.chdir(tmp_path)
    Path("my.conllu").write_text(treebank(), encoding="utf-8")
    look = ("--model", "m.safetensors", "--format", "plain")

    said = run(
        "train", "--task", "tag", "--data", "my.conllu", "--least", "1", "--epochs", "1",
        "--save", "m.safetensors",
    )  # fmt: skip
    typed = run("show", "I'm gonna walk 10 000 steps", *look)
    apart = run("show", "I 'm gon na walk", *look)
    cut = run("show", "I 'm gon-na", "--words", *look)

    # of the nine words of each sentence, gon and na are no part of "gonna"
    assert "is cut otherwise than this file for 22.2% of its words (gon, na); when you" in said
    assert "4 walk" in typed
    assert "5 10 000" in typed
    assert "not in the model's vocabulary" in typed
    assert "4 na" in apart
    assert "not in the model's vocabulary" not in apart
    assert "3 gon-na (?)" in cut


def test_words_that_are_found_anyway() -> None:
    """The option is refused only where no sentence has other words by it."""
    same = CliRunner().invoke(command_line, ["show", "you are bad", "you are", "--words"])
    other = CliRunner().invoke(command_line, ["show", "you are bad", "you are.", "--words"])

    assert same.exit_code == 2
    assert same.stderr == (
        "error: --words has no effect: this network splits the 2 sentences at the same places "
        "without it\n"
    )
    assert other.exit_code == 0, other.output


def test_words_cannot_change_a_finished_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words of a file are what they are."""
    monkeypatch.chdir(tmp_path)

    done = CliRunner().invoke(command_line, ["show", "t.safetensors", "--words"])

    assert done.exit_code == 2
    assert "t.safetensors is a saved trace; --words cannot change it" in done.stderr
