"""docs/own-exercises.md: who copies the page, its files and its commands, has what works."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.exercises.carrying import loaded, wrong
from tracer.cli import command_line
from tracer.exercises.reading import read

COURSES = Path(__file__).with_name("courses")
PAGE = (Path(__file__).parents[2] / "docs" / "own-exercises.md").read_text("utf-8")
FILES = [
    "gru/exercises/60_gru_step", "rows/exercises/31_lstm_layers", "columns/exercises/41_lstm_cells",
]  # fmt: skip


def shown(section: int) -> list[str]:
    """The pieces of ``exercise.toml`` in a section, from 1."""
    text = PAGE.split("\n## ")[section]
    return re.findall(r"^```toml\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("section", "folder"), list(enumerate(FILES, 1)))
def test_the_page_shows_the_files(section: int, folder: str) -> None:
    """Word for word, in the order of the sections."""
    assert shown(section)
    for piece in shown(section):
        assert piece in (COURSES / folder / "exercise.toml").read_text("utf-8")


@pytest.mark.parametrize(("section", "folder"), list(enumerate(FILES, 1)))
def test_what_is_copied_is_an_exercise(section: int, folder: str, tmp_path: Path) -> None:
    """The pieces of a section, one after the other: it is read, and its right answer passes."""
    course, _exercises, name = folder.split("/")
    copied = tmp_path / name
    copied.mkdir()
    copied.joinpath("exercise.toml").write_text("\n".join(shown(section)), "utf-8")
    reference = COURSES / folder / "reference.py"
    if reference.is_file():
        shutil.copy(reference, copied)

    exercise = read(copied)
    right = vars(loaded(COURSES / course / "solutions" / name / exercise.file))

    assert [wrong(exercise, check, right, 0) for check in exercise.checks] == [
        [] for _check in exercise.checks
    ]


def test_the_commands_of_the_page_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those in the page's first block, in their order, and the one inside the text."""
    block = re.findall(r"^    ((?:cd |tracer ).+?)(?:  +.*)?$", PAGE, flags=re.MULTILINE)
    inline = re.findall(r"`(tracer dev new .+?)`", PAGE)
    monkeypatch.chdir(tmp_path)
    given = [one for line in (*block, *inline) for one in line.split(" && ")]
    assert len(given) == 6

    for command in given:
        word, *rest = command.split()
        if word == "cd":
            monkeypatch.chdir(rest[0])
        else:
            done = CliRunner().invoke(command_line, rest)
            assert done.exit_code == 0, (command, done.output)


def test_what_the_page_begins_with_is_what_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`dev new --reference` writes the blocks of the first section, with H where the GRU has 3H."""
    monkeypatch.chdir(tmp_path)
    functions, check = shown(1)

    CliRunner().invoke(command_line, ["dev", "new", "60_gru_step", "--reference"])
    written = (tmp_path / "exercises" / "60_gru_step" / "exercise.toml").read_text("utf-8")

    drawn = functions.partition("[[functions]]")[2].replace("3H", "H").replace("H, scale=0.5", "H")
    assert drawn in written
    assert 'name = "state carried"' in check
    assert 'name = "state carried"' in written
