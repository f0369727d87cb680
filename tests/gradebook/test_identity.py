"""By what a grade was given: another tracer is noticed, also where its version is the same."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gradebook.handing import STEP, handed, record
from tracer.exercises.discovery import home
from tracer.exercises.exercise import Folder
from tracer.exercises.reading import read
from tracer.gradebook import identity
from tracer.gradebook.grading import work
from tracer.gradebook.identity import DECIDING, code_in, grader_of, same_grader
from tracer.gradebook.store import open_store

PACKAGE = Path(identity.__file__).parents[1]


def test_code_that_decides(tmp_path: Path) -> None:
    """Any file of it, its name too; but no other room, no compiled file and no end of a line."""
    shutil.copytree(PACKAGE, tmp_path / "tracer", ignore=shutil.ignore_patterns("__pycache__"))
    here, before = tmp_path / "tracer", code_in(PACKAGE)
    judge, catalogue = here / "grading" / "judge.py", here / "mistakes" / "catalogue.toml"

    with (here / "view" / "__init__.py").open("a") as file:
        file.write("changed = 1\n")
    (here / "grading" / "judge.pyc").touch()
    judge.write_bytes(judge.read_bytes().replace(b"\n", b"\r\n"))
    assert code_in(here) == before

    catalogue.write_text(catalogue.read_text("utf-8") + "\n", "utf-8")
    edited = code_in(here)
    judge.rename(judge.with_name("judged.py"))
    assert len({before, edited, code_in(here)}) == 3


def test_no_room_that_grades_is_forgotten() -> None:
    """What a process that grades has loaded lies in those rooms, beside the words of errors."""
    program = """
import sys, tracer.grading.session, tracer.mistakes.diagnosis
print(*(name.split(".")[1] for name in sys.modules if name.startswith("tracer.")))
"""
    said = subprocess.check_output([sys.executable, "-c", program], encoding="utf-8")

    assert set(said.split()) - {"errors", "language"} == set(DECIDING)


def test_another_tracer_grades_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the same version, and the same exercise; a record of before was made by another one."""
    exercise = read(home() / STEP)
    before = grader_of(exercise)
    with open_store(tmp_path) as store:
        store.take_in([(handed(1), 7)], [exercise])
        ((number, *_rest),) = work(store, [exercise]).pending
        store.keep(number, before, record())
        assert not work(store, [exercise]).pending

        monkeypatch.setattr(identity, "code", lambda: "0123456789ab")
        assert [found for found, *_rest in work(store, [exercise]).pending] == [number]

    here = grader_of(exercise)
    version, _code, digest = here.split("+")
    assert same_grader({"grader": here}, here) == (True, True)
    assert same_grader({"grader": before}, here) == (False, True)
    assert same_grader({"grader": f"{version}+{digest}"}, here) == (False, True)


def test_the_exercise_counts(tmp_path: Path) -> None:
    """What it says, whatever ends its lines; its page and its hints do not."""
    folder = tmp_path / STEP
    shutil.copytree(home() / STEP, folder)
    before = grader_of(Folder(folder))
    toml = folder / "exercise.toml"

    (folder / "README.md").write_text("another page\n", "utf-8")
    toml.write_bytes(toml.read_bytes().replace(b"\n", b"\r\n"))
    assert grader_of(Folder(folder)) == before

    toml.write_text(toml.read_text("utf-8") + "\n", "utf-8")
    assert same_grader({"grader": before}, grader_of(Folder(folder))) == (True, False)
