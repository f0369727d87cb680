"""The built wheel, installed in an environment of its own, used from an empty folder.

Run by ``make test-wheel``, with that environment's Python.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from click.testing import CliRunner

import tracer
from tracer.cli import command_line
from tracer.gradebook.identity import code, code_in

ROOT = Path(__file__).parents[2]
INSTALLED = Path(tracer.__file__).parent
TRACER = Path(sys.executable).with_name("tracer")
NAMED_LIKE_THE_DISTRIBUTION = Path(sys.executable).with_name("rnn-tracer")
EXERCISES = sorted(path.name for path in (ROOT / "exercises").iterdir() if path.is_dir())


def run(*words: str, folder: Path, exit_code: int = 0) -> str:
    """Run the installed command in `folder`, and return what it wrote."""
    environment = {name: v for name, v in os.environ.items() if not name.startswith("PYTHON")}
    ended = subprocess.run(
        [TRACER, *words], cwd=folder, env=environment, capture_output=True, encoding="utf-8",
        check=False,
    )  # fmt: skip
    assert ended.returncode == exit_code, ended.stdout + ended.stderr
    return ended.stdout


def packed() -> set[str]:
    """Path of each file in the wheel."""
    files = metadata.files("rnn-tracer")
    assert files
    return {file.as_posix() for file in files}


def test_it_is_the_installed_copy() -> None:
    """These tests look at the wheel, not at the repository."""
    assert ROOT / "tracer" != INSTALLED
    assert INSTALLED.parent.name == "site-packages"


def test_every_file_travels() -> None:
    """Code, models, grammars and the mark of typed packages are in the wheel, as they are here."""
    here = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "tracer").rglob("*")
        if path.is_file() and path.suffix != ".pot" and "__pycache__" not in path.parts
    }

    assert here - packed() == set()


def test_it_grades_as_the_repository() -> None:
    """A record made by one names the same code as a record made by the other."""
    assert code() == code_in(ROOT / "tracer")


def test_exercises_travel() -> None:
    """Each exercise is inside the package, file by file."""
    here = {
        f"tracer/handouts/{path.relative_to(ROOT / 'exercises').as_posix()}"
        for path in (ROOT / "exercises").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert here
    assert here - packed() == set()


def test_solutions_stay_at_home() -> None:
    """No solution and no known mistake is in the wheel, under any name."""
    kept = {path.read_bytes() for path in (ROOT / "solutions").rglob("*.py")}
    assert kept

    assert {path for path in packed() if {"solutions", "tests"} & set(path.split("/"))} == set()
    assert [path for path in INSTALLED.rglob("*.py") if path.read_bytes() in kept] == []


def test_nothing_lands_beside_the_package() -> None:
    """The wheel brings the package, its metadata and the command, and nothing else."""
    beside = {path.split("/")[0] for path in packed() if not path.startswith("..")}

    assert beside == {"tracer", f"rnn_tracer-{tracer.__version__}.dist-info"}


def test_both_commands_are_the_same(tmp_path: Path) -> None:
    """``uvx rnn-tracer`` and ``pipx run rnn-tracer`` look for a command of the distribution's name.

    Its help calls it tracer, as do all commands that a screen tells to type.
    """
    said = [
        subprocess.check_output([command, "--help"], cwd=tmp_path, encoding="utf-8")
        for command in (TRACER, NAMED_LIKE_THE_DISTRIBUTION)
    ]

    assert said[0] == said[1]
    assert said[0].startswith("Usage: tracer ")


def test_show(tmp_path: Path) -> None:
    """A sentence is shown, as text and as JSON."""
    assert "beautiful" in run("show", "you are beautiful", folder=tmp_path)
    assert json.loads(run("show", "you are beautiful", "--format", "json", folder=tmp_path))


def test_each_exercise_is_not_started_and_then_solved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stub is said to be not started; with the repository's solution in its place it passes."""
    run("init", "course", folder=tmp_path)
    monkeypatch.chdir(tmp_path / "course")
    every = ["check", "--all", "--format", "json"]
    stubs = json.loads(CliRunner().invoke(command_line, every).stdout)

    assert [(row["exercise"], row["verdict"]) for row in stubs] == [
        (exercise, "not_started") for exercise in EXERCISES
    ]
    for exercise in EXERCISES:
        assert Path(exercise, "README.md").exists()
        for solution in (ROOT / "solutions" / exercise).glob("*.py"):
            Path(exercise, solution.name).write_text(solution.read_text("utf-8"), "utf-8")

    solved = CliRunner().invoke(command_line, [*every, "--seed", "4"])

    assert solved.exit_code == 0, solved.output
    assert [row["verdict"] for row in json.loads(solved.stdout)] == ["passed"] * len(EXERCISES)


def test_demo(tmp_path: Path) -> None:
    """The tour runs, and leaves nothing behind in the folder it was started in."""
    run("demo", folder=tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_doctor(tmp_path: Path) -> None:
    """Doctor names the version that is installed."""
    rows = json.loads(run("doctor", "--format", "json", folder=tmp_path))

    assert [row["value"] for row in rows if row["name"] == "tracer"] == [tracer.__version__]
