"""Files of one's own that are not as they should be, through the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tracer.cli import command_line
from tracer.model.model import Model

GOOD = [f"the tea number {n} is {'good' if n % 2 else 'bad'},{n % 2}" for n in range(40)]


def train(*options: str) -> Result:
    """`tracer train` on a file in this folder."""
    words = ["train", "--units", "3", "--epochs", "1", "--save", "m.safetensors", *options]
    return CliRunner().invoke(command_line, words)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "content", "options", "message"),
    [
        (
            "tags.tsv", b"text\ttags\nwater is hot\tNOUN VERB ADJ\nit is\tPRON\n",
            ("--task", "tag"),
            "tags.tsv, line 3: 2 words, but 1 tags; expected a tag for each word",
        ),
        ("empty.csv", b"", (), "empty.csv is empty; expected labelled sentences"),
        ("header.csv", b"text,label\n", (), "header.csv"),
        (
            "one.csv", b"text,label\nit is good,+\nit is bad,+\n", (),
            "one.csv: every label is '+'; there is nothing to learn",
        ),
        ("two.csv", b"text,label\nit is good,+\nit is bad,-\n", (), "2"),
        ("unlabelled.csv", b"text,label\nit is good,+\nit is bad,\n", (), "unlabelled.csv, line 3"),
        (
            "big5.csv", "text,label\n天氣很好,+\n天氣很壞,-\n".encode("big5"), (),
            "big5.csv, line 2: byte 12 of the file",
        ),
        (
            "utf8.csv", "text,label\n天氣很好,+\n".encode(), ("--encoding", "ascii"),
            "utf8.csv, line 2",
        ),
        ("utf8.csv", b"text,label\na,b\n", ("--encoding", "klingon"), "encoding is 'klingon'"),
        ("my.docx", b"PK\3\4", (), "my.docx"),
        ("my.csv", b"a,b\nc,d\n", ("--text-column", "words"), "words"),
    ],
)  # fmt: skip
def test_a_file_with_something_wrong_in_it(
    here: Path, name: str, content: bytes, options: tuple[str, ...], message: str
) -> None:
    """One sentence that names the file, the line where there is one; nothing is left behind."""
    (here / name).write_bytes(content)

    done = train("--data", name, *options)

    assert done.exit_code == 2, done.output
    assert message in done.stderr
    assert "tracer itself" not in done.stderr
    assert done.stderr.count("\n") == 1
    assert [path.name for path in here.iterdir()] == [name]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.csv", "cannot open none.csv: there is no such file"),
        (".", "cannot open .: it is a folder; name a file in it"),
    ],
)
def test_no_file(here: Path, name: str, message: str) -> None:
    """A missing file and a folder are told apart."""
    done = train("--data", name)

    assert done.exit_code == 2
    assert message in done.stderr
    assert list(here.iterdir()) == []


def test_a_sentence_of_a_hundred_thousand_words(here: Path) -> None:
    """It is cut off after --longest words, and that is said."""
    rows = ["text,label", *GOOD, "good " * 100_000 + ",1"]
    (here / "long.csv").write_text("\n".join(rows), encoding="utf-8")

    done = train("--data", "long.csv", "--longest", "50")

    assert done.exit_code == 0, done.output
    assert "1 text was cut off after 50 words (--longest)" in done.stdout
    assert Model.load("m.safetensors").labels == ("0", "1")


def test_what_a_file_says_never_reaches_the_terminal_as_a_command(here: Path) -> None:
    """A label that would clear the screen is written out instead."""
    rows = [row.replace(",1", ",\x1b[2J") for row in GOOD]
    (here / "my.csv").write_text("text,label\n" + "\n".join(rows), encoding="utf-8")

    done = train("--data", "my.csv", "--watch-sentence", "the tea is good")

    assert done.exit_code == 0, done.output
    assert "\x1b" not in done.stdout
    assert "\\x1b[2J" in done.stdout


def test_units_that_no_machine_has_room_for(here: Path) -> None:
    """An error that names them, before anything is made."""
    done = train("--units", "600000")

    assert done.exit_code == 2
    assert "600,000 units" in done.stderr
    assert list(here.iterdir()) == []
