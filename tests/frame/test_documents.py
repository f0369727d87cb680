"""What the documents say is so: the tree, the names, the links, the commands, the Python."""

from __future__ import annotations

import re
import runpy
import shlex
from pathlib import Path

import click
import numpy as np
import pytest

from tracer.cli import command_line
from tracer.exercises.discovery import discover

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
TREE = (ROOT / "docs" / "tree.md").read_text("utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def blocks(language: str, page: str = README) -> list[str]:
    """The code of a page that is marked as `language`."""
    return re.findall(rf"^```{language}\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)


def test_tree_is_current() -> None:
    """The trees of README.md and docs/tree.md are what the files say about themselves.

    If this fails after a file was added: `make docs`.
    """
    script = runpy.run_path(str(ROOT / "docs" / "make_tree.py"))

    assert script["readme"]() == README
    assert script["page"]() == TREE


def test_every_file_is_in_the_tree() -> None:
    """No file of the package is left out, and each has a line to show."""
    shown = dict(re.findall(r"^ +(\w+\.py) +(\S.*)$", TREE, flags=re.MULTILINE))
    files = {path.name for path in (ROOT / "tracer").rglob("*.py")} - {"__init__.py"}

    assert files - set(shown) == set()


def test_every_room_is_in_the_readme() -> None:
    """The README names each room of the package, and is short enough to be read."""
    shown = set(re.findall(r"^  (\w+)/ +\S", README, flags=re.MULTILINE))
    rooms = {path.parent.name for path in (ROOT / "tracer").glob("*/__init__.py")}

    assert rooms - shown == set()
    assert len(README.splitlines()) <= 200


def test_notation_is_current() -> None:
    """docs/notation.md says what the one list of quantities says. If this fails: `make docs`."""
    script = runpy.run_path(str(ROOT / "docs" / "make_notation.py"))

    assert script["render"]() == script["PAGE"].read_text("utf-8")


def test_keys_of_an_exercise_are_current() -> None:
    """docs/exercise-toml.md says what may stand in the file. If this fails: `make docs`."""
    script = runpy.run_path(str(ROOT / "docs" / "make_exercise_toml.py"))

    assert script["render"]() == script["PAGE"].read_text("utf-8")


def test_list_of_mistakes_is_current() -> None:
    """docs/mistakes.md lists the mistakes of the catalogue. If this fails: `make docs`."""
    script = runpy.run_path(str(ROOT / "docs" / "make_mistakes.py"))

    assert script["render"]() == script["PAGE"].read_text("utf-8")


def test_keys_of_a_report_are_current() -> None:
    """docs/report-json.md says what the schema says. If this fails: `make docs`."""
    script = runpy.run_path(str(ROOT / "docs" / "make_report_json.py"))

    assert script["render"]() == script["PAGE"].read_text("utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Each link to a file of the repository, and each picture, is there."""
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_headings_of_the_contents() -> None:
    """The README's list of contents leads to headings that are there."""
    headings = re.findall(r"^## (.+)$", README, flags=re.MULTILINE)

    assert re.findall(r"^- \[(.+)\]\(#", README, flags=re.MULTILINE) == headings


def test_all_commands_are_listed() -> None:
    """The README's table has each verb once, in the order of the help."""
    cells = re.findall(r"^\|( `tracer [^|]+)\|", README, flags=re.MULTILINE)
    listed = [verb for cell in cells for verb in re.findall(r"`tracer (\w+)", cell)]

    assert listed == command_line.list_commands(click.Context(command_line))


def test_commands_of_the_readme_are_understood() -> None:
    """Each `tracer` line of the README has a verb and options that exist."""
    lines = [line for block in blocks("") for line in block.splitlines()]
    commands = [line for line in lines if line.startswith("tracer ")]
    assert commands

    for line in commands:
        words = shlex.split(line, comments=True)[1:]
        command: click.Command = command_line
        while isinstance(command, click.Group):
            context = click.Context(command)
            inner = command.get_command(context, words.pop(0))
            assert inner is not None, line
            command = inner
        command.make_parser(click.Context(command)).parse_args(words)


@pytest.mark.parametrize("name", ["README.md", "docs/python.md"])
def test_python_of_the_pages_runs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Python of a page runs from the first line to the last."""
    monkeypatch.chdir(tmp_path)
    code = blocks("python", (ROOT / name).read_text("utf-8"))
    names: dict[str, object] = {}
    assert code

    for block in code:
        exec(block, names)  # noqa: S102 - our own pages

    trace = names["trace"]
    h = trace["h"]  # type: ignore[index]
    assert np.isfinite(h).all()


def test_make_targets_of_the_documents() -> None:
    """Each `make …` that a document names is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    text = "\n".join(page.read_text("utf-8") for page in PAGES)

    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", text, flags=re.MULTILINE)) <= targets


def test_changelog_has_unreleased() -> None:
    """What is new since the last release stands at the top."""
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)

    assert headings[0] == "[Unreleased]"


@pytest.mark.parametrize(
    "name", ["01_word_codes", "10_rnn_step", "16_generation", "21_cell_update", "31_rnn_backward"]
)
def test_a_picture_is_as_the_command_draws_it(name: str) -> None:
    """The section of a README that ``make docs`` writes; the others are made in the same way."""
    script = runpy.run_path(str(ROOT / "docs" / "make_pictures.py"))
    page = (ROOT / "exercises" / name / "README.md").read_text("utf-8")

    assert script["written"](page, name) == page
    assert script["section"](name) in page


def test_every_picture_is_in_its_page() -> None:
    """A README that has lost its section is noticed without drawing it."""
    script = runpy.run_path(str(ROOT / "docs" / "make_pictures.py"))
    pages = (ROOT / "exercises").glob("*/README.md")
    titles = script["TITLE"], script["CODES_TITLE"]
    having = {
        page.parent.name for page in pages if any(t in page.read_text("utf-8") for t in titles)
    }

    assert having == set(script["PICTURES"])


def test_the_evening_has_the_exercises_of_today() -> None:
    """Its list, its ladder, and the points of the two that are done.

    If this fails after an exercise was added or changed: ``python docs/evening.py``.
    """
    page = (ROOT / "docs" / "evening.md").read_text("utf-8")
    exercises = discover().good

    assert [e.name for e in exercises if f"  · {e.name} " not in page] == [
        e.name for e in exercises[:3]
    ]
    assert f"2 of {len(exercises)} passed" in page
    for exercise in exercises[:2]:
        assert f"✓ passed · {exercise.points} of {exercise.points} points" in page
        assert [check.name for check in exercise.checks if f"✓ {check.name} " not in page] == []
