"""A mistakes.toml says what a mistake is; what cannot stand there is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mistakes.drawing import draw
from tracer.errors import FileError
from tracer.mistakes import Run, diagnose, mistakes_of
from tracer.mistakes.catalogue import CATALOGUE
from tracer.mistakes.reading import read
from tracer.program import program_of

ENTRY = """\
[[mistakes]]
id = "halved"
title = "h = h / 2"
sentence = "Your numbers are half of the right ones."
programs = ["rnn"]
returned = { h = "it / 2" }
"""


def write(folder: Path, text: str) -> Path:
    """The file beside an exercise.toml."""
    path = folder / "mistakes.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_instructors_own_mistake(tmp_path: Path) -> None:
    """A mistakes.toml beside exercise.toml adds a mistake, which is told by its own sentence."""
    write(tmp_path, ENTRY)
    program = program_of("rnn")
    given = draw(program, 1, T=1)

    right = program.run(given, wanted=("h",))["h"]
    diagnosis = diagnose(
        program, [Run(given, {"h": right / 2})], mistakes_of(program, "step", tmp_path)
    )

    assert [m.sentence for m in diagnosis.named[0]] == ["Your numbers are half of the right ones."]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("title =", "titel =", "there is no key 'titel'; did you mean 'title'?"),
        ('id = "halved"', 'id = "1"', 'id = "1"; expected letters, digits and _'),
        ('title = "h = h / 2"\n', "", "'title' is missing; expected one line of text"),
        ('["rnn"]', '["rn"]', "there is no program 'rn'; did you mean 'rnn'?"),
        ("returned = { h", "returned = { hh", "there is no RNN quantity 'hh'"),
        ('"it / 2"', '"it / q"', "there is no RNN quantity 'q'"),
        ('"it / 2"', '"it / / 2"', "'it / / 2' is no Python expression"),
        ('returned = { h = "it / 2" }\n', "", "nothing is changed; expected one of change,"),
        ("returned = { h =", "in_reference = { h =", "in_reference is for an exercise with a"),
        ("half of", "{part} of", "sentence: there is no name '{part}'"),
        ("half of", "{ of", "sentence: a brace without its other"),
        ("[[mistakes]]", "[[mistake]]", "there is no key 'mistake'; did you mean 'mistakes'?"),
        ("[[mistakes]]", "[mistakes]", "expected tables [[mistakes]]"),
        ("id =", "n = -1\nid =", "n = -1; expected a whole number"),
        ("id =", "over = 'both'\nid =", 'over = "both"; expected "step" or "sequence"'),
        ("id =", "for_each = { q = 'gate' }\nid =", "for_each = "),
        ("id =", "for_each = { q = ['1', '1'] }\nid =", "for_each = "),
    ],
)
def test_what_cannot_stand_there_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    """The error names the file, the entry, the key, what stands there and what may."""
    path = write(tmp_path, ENTRY.replace(old, new, 1))

    with pytest.raises(FileError) as error:
        mistakes_of(program_of("rnn"), folder=tmp_path)

    assert str(path) in str(error.value)
    assert said in str(error.value)


def test_an_id_is_used_once(tmp_path: Path) -> None:
    """Reports that programs read name a mistake by its id."""
    write(tmp_path, ENTRY + "\n" + ENTRY)

    with pytest.raises(FileError, match=r"mistake 2 \(halved\): this id is taken"):
        mistakes_of(program_of("rnn"), folder=tmp_path)


def test_variants_are_filled_in() -> None:
    """One entry with `for_each` makes a mistake of each value, and says it in its sentence."""
    catalogue = mistakes_of(program_of("lstm"))

    found = next(m for m in catalogue if m.id == "bias_of_another_gate" and m.variant == "f, i")

    assert found.title == "z_f with the bias a_i"
    assert found.sentence == "Your numbers are what you get if z_f is computed with the bias a_i."
    assert [str(edit) for edit in found.edits] == ["z_f_from_a = a_i"]
    assert len([m for m in catalogue if m.id == "gate_order"]) == 23


@pytest.mark.parametrize("name", ["rnn", "lstm", "clip", "sgd", "adam"])
def test_every_entry_fits_its_programs(name: str) -> None:
    """Each mistake of the list can be made in the programs that it is for."""
    program = program_of(name)
    catalogue = mistakes_of(program)

    for mistake in catalogue:
        program.edited(mistake.edits)
        assert mistake.title
        assert "{" not in mistake.title + mistake.sentence

    assert len({(m.id, m.variant) for m in catalogue}) == len(catalogue)


def test_sentences_say_what_the_numbers_are() -> None:
    """No sentence says what the code does: nobody has seen that the numbers come from it."""
    for entry in read(CATALOGUE):
        assert entry.sentence.startswith(("Your ", "In your ", "Every step of your ")), entry.id
        assert entry.sentence.endswith("."), entry.id
        assert "your code" not in entry.sentence.lower(), entry.id
        assert "you forgot" not in entry.sentence.lower(), entry.id
