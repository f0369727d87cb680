"""A folder made by ``tracer init``, in an editor: its tasks run, and errors land on their lines."""

from __future__ import annotations

import json
import re
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.grading.typed import tracer
from tracer.course.editor import editor_files
from tracer.exercises.discovery import discover, home
from tracer.storage.packed import read_reference

RIGHT = "def rnn_step(x, h_prev, U, W, a):\n    z = x @ U.T + h_prev @ W.T + a\n    return {}\n"
ANSWERS = {
    "not started": ("import numpy as np\n\n\ndef rnn_step(x, h_prev, U, W, a):\n    ...\n", 4),
    "no Python": ("def rnn_step(x, h_prev:\n    return x\n", 1),
    "raises": (RIGHT.format("np.tanh(z)"), 3),
    "wrong": ("import numpy as np\n\n\n" + RIGHT.format("np.tanh(z) + np.cos(z)"), 6),
    "right": ("import numpy as np\n\n\n" + RIGHT.format("np.tanh(z)"), None),
}
"""Answers to exercise 10, each with the line on which an error has to land."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as ``tracer init`` leaves it."""
    made = tmp_path_factory.mktemp("editor") / "course"
    ended = tracer("init", str(made))
    assert ended.exit_code == 0, ended.output
    assert list(made.glob(".devcontainer/*.whl")), "tracer is not installed"
    return made


@pytest.fixture
def opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, as the working folder."""
    monkeypatch.chdir(folder)
    return folder


def test_errors_land_on_their_lines(opened: Path) -> None:
    """The pattern of the task finds one line of what is printed: file, line and message."""
    task = json.loads((opened / ".vscode" / "tasks.json").read_text("utf-8"))["tasks"][0]
    pattern = task["problemMatcher"]["pattern"]
    answer = opened / "10_rnn_step" / "rnn_step.py"
    found = {}

    for what, (text, _line) in ANSWERS.items():
        answer.write_text(text, "utf-8")
        words = [word.replace("${fileDirname}", str(answer.parent)) for word in task["args"]]
        lines = tracer(*words[2:]).stdout.splitlines()
        found[what] = [match for line in lines if (match := re.match(pattern["regexp"], line))]

    assert {what: [int(one[pattern["line"]]) for one in told] for what, told in found.items()} == {
        what: [] if line is None else [line] for what, (_text, line) in ANSWERS.items()
    }
    assert {one[pattern["file"]] for told in found.values() for one in told} == {str(answer)}
    assert found["not started"][0][pattern["severity"]] == "info"
    assert found["raises"][0][pattern["message"]].startswith(
        "In check “one word”: Your code raised"
    )


def test_the_tasks_are_commands_that_there_are(opened: Path) -> None:
    """Each runs as it is typed, with what VS Code puts in."""
    tasks = json.loads((opened / ".vscode" / "tasks.json").read_text("utf-8"))["tasks"]
    here = str(opened / "20_lstm_gates")

    ended = {
        task["label"]: tracer(
            *[word.replace("${fileDirname}", here) for word in task["args"][2:]]
        ).exit_code
        for task in tasks
        if not {"--all", "watch"} & {*task["args"]}  # they have tests of their own
    }

    assert ended == {
        "tracer: check this exercise": 1,
        "tracer: check the next exercise": 1,
        "tracer: hint for this exercise": 0,
        "tracer: progress": 0,
    }


def test_the_container_installs_what_lies_beside_its_file(opened: Path) -> None:
    """A wheel of the tracer that wrote the folder: no address that may not be there."""
    container = json.loads((opened / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    (wheel,) = (opened / ".devcontainer").glob("*.whl")
    command, again = container["postCreateCommand"].split(" && ")

    assert command == f"python -m pip install .devcontainer/{wheel.name}"
    assert again == "python -m tracer init ."
    assert "tracer/cli/init.py" in ZipFile(wheel).namelist()


def test_no_reference_can_be_read_in_the_wheel(opened: Path, tmp_path: Path) -> None:
    """It is packed there, and says the same."""
    (wheel,) = (opened / ".devcontainer").glob("*.whl")
    with ZipFile(wheel) as inside:
        names = [n for n in inside.namelist() if re.search(r"handouts/.*/reference.py", n)]
        found = {name: inside.read(name) for name in names}

    assert [name.split("/")[-2] for name in found] == ["01_word_codes", "16_generation"]
    for name, contents in found.items():
        file = tmp_path / "reference.py"
        file.write_bytes(contents)
        assert b"def " not in file.read_bytes()
        assert read_reference(file) == (home() / name.split("/")[-2] / file.name).read_bytes()


@pytest.mark.parametrize(
    ("python", "said"),
    [
        ("/home/ines/tracer/.venv/bin/python", "${workspaceFolder}/../.venv/bin/python"),
        ("/opt/python/bin/python", None),
    ],
)
def test_the_python_of_the_folder_moves_with_it(python: str, said: str | None) -> None:
    """Its place is said from the folder; one in another tree is for VS Code to find."""
    files = dict(editor_files(discover().good, Path("/home/ines/tracer/course"), python))
    settings = json.loads(files[Path(".vscode/settings.json")])

    assert settings.get("python.defaultInterpreterPath") == said


def test_a_course_of_ones_own_is_seen_in_the_container(tmp_path: Path, three: Path) -> None:
    """Its folder is mounted where it is here, and init is told of it there too."""
    tracer("init", str(tmp_path / "work"), "--exercises", str(three))
    container = json.loads((tmp_path / "work/.devcontainer/devcontainer.json").read_text("utf-8"))

    at = three.resolve().as_posix()
    assert container["mounts"] == [f"source={at},target={at},type=bind,readonly"]
    assert container["postCreateCommand"].endswith(f'tracer init . --exercises "{at}"')


def test_the_answers_before_are_found_by_the_editor() -> None:
    """``from rnn_step import rnn_step`` is understood in the exercise after it."""
    files = dict(editor_files(discover().good, Path(), "python"))
    settings = json.loads(files[Path(".vscode/settings.json")])

    assert "10_rnn_step" in settings["python.analysis.extraPaths"]
