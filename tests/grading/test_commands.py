"""``tracer init``, ``list``, ``check``, ``hint``, ``dev check``: what a student types, and gets."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.grading.typed import solve, tracer
from tracer.course.workbook import Workbook
from tracer.exercises.discovery import home


def test_the_way_through_the_exercises(course: Path, solutions: Path) -> None:
    """Not started, passed, next one; at the end everything is passed."""
    first = tracer("check")
    assert first.exit_code == 1
    assert "10_rnn_step" in first.stdout
    assert "not started · 0 of 13 points" in first.stdout

    solve(course, solutions, "10_rnn_step")
    second = tracer("check")
    assert second.exit_code == 0
    assert "passed · 13 of 13 points" in second.stdout
    assert "Next: 20_lstm_gates. Read its README.md, then run: tracer check 20" in second.stdout

    solve(course, solutions, "20_lstm_gates", "22_lstm_step")
    assert tracer("check").exit_code == 0
    assert tracer("check").exit_code == 0
    assert tracer("check").stdout == "All exercises passed.\n"
    assert [r["verdict"] for r in json.loads(tracer("list", "--format", "json").stdout)] == [
        "passed"
    ] * 3


def test_what_was_skipped_is_named(course: Path, solutions: Path) -> None:
    """After an exercise comes the next one; after the last one those that were left out."""
    solve(course, solutions, "10_rnn_step", "20_lstm_gates", "22_lstm_step")

    second, third, first = (tracer("check", number).stdout for number in ("20", "22", "10"))

    assert "Next: 22_lstm_step." in second
    assert "Before it, not passed: 10_rnn_step\n" in second
    assert "Not passed yet: 10_rnn_step. Continue with: tracer check 10\n" in third
    assert "All exercises passed." in first


@pytest.mark.parametrize(
    ("source", "hint", "seed"),
    [
        ("def lstm_step(", False, False),
        ("import torch_is_not_here", False, False),
        ("def lstm_step(*_):\n    raise ValueError", True, True),
        ("def lstm_step(*_):\n    return None", True, False),
    ],
)
def test_advice_that_helps(course: Path, source: str, hint: bool, seed: bool) -> None:
    """No hint where nothing of the file ran; a seed where numbers matter."""
    (course / "22_lstm_step" / "lstm_step.py").write_text(source + "\n", "utf-8")

    said = tracer("check", "22").stdout

    assert ("For a hint: tracer hint 22\n" in said, "--seed" in said) == (hint, seed)


def test_a_notebook_beside_a_wrong_file_is_told(course: Path, solutions: Path) -> None:
    """The file was started, so it is what is checked; the notebook may be what was meant."""
    mistake = solutions / "22_lstm_step" / "mistakes" / "no_tanh_on_c.py"
    shutil.copy(mistake, course / "22_lstm_step" / "lstm_step.py")
    assert "lies beside it" not in tracer("check", "22").stdout

    (course / "22_lstm_step" / "lstm_step.ipynb").write_text("{}", "utf-8")

    said = " ".join(tracer("check", "22").stdout.split())
    assert "lstm_step.py was checked; lstm_step.ipynb lies beside it." in said
    assert "To check that: tracer check 22_lstm_step/lstm_step.ipynb" in said


def test_partly_right(course: Path, solutions: Path) -> None:
    """In the list, 12 of 13 points are not called wrong."""
    mistake = solutions / "22_lstm_step" / "mistakes" / "weights_remembered.py"
    shutil.copy(mistake, course / "22_lstm_step" / "lstm_step.py")
    tracer("check", "22")

    assert "22_lstm_step   12/13  partly right  One whole step" in tracer("list").stdout


@pytest.mark.parametrize(
    "said", ["22_lstm_step", "22", "lstm_step", "22_lstm_step/lstm_step.py", "./22_lstm_step"]
)
def test_an_exercise_may_be_named_in_many_ways(course: Path, said: str) -> None:
    """By name, by number, by function, by file, by folder."""
    result = tracer("check", said)

    assert "22_lstm_step/lstm_step.py" in result.stdout
    assert (result.exit_code, (course / ".tracer" / "progress.json").exists()) == (1, True)


def test_inside_the_folder_of_an_exercise(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There, check and hint mean that exercise."""
    monkeypatch.chdir(course / "22_lstm_step")

    assert "22_lstm_step" in tracer("check").stdout
    assert "22_lstm_step" in tracer("hint").stdout
    assert "10_rnn_step" in tracer("check", "10").stdout
    assert "22_lstm_step" in tracer("check", "lstm_step.py").stdout


def test_a_file_from_elsewhere(course: Path, solutions: Path, tmp_path: Path) -> None:
    """It is looked at, but not remembered as the student's own result."""
    mistake = solutions / "22_lstm_step" / "mistakes" / "no_tanh_on_c.py"
    shutil.copy(mistake, tmp_path / "answer.py")

    by_folder = tracer("check", str(mistake))
    unknown = tracer("check", str(tmp_path / "answer.py"))
    named = tracer("check", str(tmp_path / "answer.py"), "--exercise", "22")

    assert (by_folder.exit_code, unknown.exit_code, named.exit_code) == (1, 2, 1)
    assert "For a hint: tracer hint 22 --check 'one word'" in named.stdout
    assert "--exercise" in unknown.stderr
    assert Workbook.open(course).results == {}


@pytest.mark.parametrize(
    "name",
    [
        "22_lstm_step.py", "lstm_step (1).py", "lstm_step-1.py", "Lstm_Step.py", "lstmstep.py",
        "12345_lstm_step.py", "doe_77_1234_lstm_step-2.py", "lstm-step - Copy.py", "22.py",
        "exercise 22.py", "Copy of lstm_step.ipynb", "lstm_step.py.txt", "lstm_step - 副本.py",
        "22_lstm_step.ipynb", "22/answer.py", "lstm_step/my own.py",
    ],
)  # fmt: skip
def test_a_file_as_browsers_and_course_systems_name_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The exercise is found by what is left of its name, or by the folder's."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("def lstm_step(*_):\n    pass\n", "utf-8")

    said = tracer("check", name).stdout

    assert "22_lstm_step · One whole step of the LSTM" in said
    assert name.rpartition("/")[2] in said


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("answer.py", "the name answer.py does not say which exercise it answers"),
        ("lstm_step_sideways.py", "does not say which exercise it answers"),
        ("10_lstm_step.py", "fits more than one exercise; add --exercise with one of 22_lstm_step"),
    ],
)
def test_a_name_that_does_not_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, why: str
) -> None:
    """Nothing is guessed: a sentence names the option."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).touch()

    result = tracer("check", name)

    assert result.exit_code == 2
    assert why in result.stderr
    assert "--exercise" in result.stderr


def test_the_first_wrong_number(solutions: Path) -> None:
    """Where it is, both numbers, and the equation with the numbers put in."""
    mistake = solutions / "22_lstm_step" / "mistakes" / "no_tanh_on_c.py"

    result = tracer("check", str(mistake), "--seed", "1")
    again = tracer("check", str(mistake), "--seed", "1", "--format", "json")
    record = json.loads(again.stdout)

    first = record["checks"][0]["first"]
    unit = first["at"][1]
    assert (first["t"], first["quantity"], first["at"][0]) == (1, "h", 0)
    assert first["equations"][0].startswith(f"h_1[{unit}] = o * tanh_c = ")
    for text in (
        f"h at t = 1, row 0, unit {unit}",
        "yours",
        "expected",
        *first["equations"],
    ):
        assert text in result.stdout
    assert (record["verdict"], record["points"], record["out_of"]) == ("wrong", 6.5, 13)
    assert record["seed"] == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("check", "33"), "there is no exercise '33'"),
        (("check", "nowhere.py"), "there is no file"),
        (("check", "22_lstm_step/nothing.py"), "No such file"),
        (("check", "no\0name.py"), "not a valid file name"),
        (("hint", "22", "--check", "barch"), "did you mean 'batch'?"),
        (("check", "22", "--exercise", "10"), "are different exercises"),
        (("check", "22", "--exercise", "22"), "22_lstm_step has no effect: it says which exercise"),
        (("check", "."), "course is not the folder of an exercise; give one of 10_rnn_step, "),
        (("hint", "."), "course is not the folder of an exercise; give one of 10_rnn_step, "),
        (("check", "README.md"), "does not say which exercise it answers; add --exercise with one"),
        (("hint", "/etc/passwd"), "passwd does not say which exercise it answers; give the exerc"),
    ],
)
def test_what_cannot_be_understood(course: Path, words: tuple[str, ...], message: str) -> None:
    """One sentence, exit code 2."""
    result = tracer(*words)

    assert result.exit_code == 2
    assert message in result.stderr
    assert course.is_dir()


def test_outside_of_a_course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way in is told."""
    monkeypatch.chdir(tmp_path)

    for words in (["check"], ["check", "22"], ["hint"]):
        result = tracer(*words)
        assert result.exit_code == 2
        assert "start with: tracer init my-course" in result.stderr
    assert "tracer init my-course" in tracer("list").stdout
    every = tracer("hint", "22").stdout
    assert "all hints" in every
    assert all(f"  {n}. " in every for n in (1, 2, 3))
    assert "stronger" not in every
    again = tracer("hint", "22", "--again")
    assert again.exit_code == 2
    assert "--again has no effect: outside a folder made by tracer init, no" in again.stderr


def test_one_folder_too_high(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder to go to is named, instead of a way to a second course."""
    monkeypatch.chdir(course.parent)

    for words in (["check"], ["check", "22"], ["hint"], ["hint", "22"]):
        result = tracer(*words)
        assert result.exit_code == 2
        assert "one folder down, in course; first: cd course" in result.stderr
    assert "Your exercises are one folder down: cd course" in tracer("list").stdout


@pytest.mark.parametrize("name", ["my course", "-course", "it's $HOME"])
def test_commands_that_are_told_can_be_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """In a folder of any name, each command that is told does what it says, typed as it stands."""
    monkeypatch.chdir(tmp_path)
    told = tracer("init", f"./{name}").stdout
    (go,) = re.findall(r"Next: (cd .*), then read README.md", told)
    (tmp_path / name / "10_rnn_step" / "rnn_step.py").write_text("def rnn_step(*_): ...\n", "utf-8")
    below = [tracer(*words) for words in (["list"], ["check"])]
    checked = tracer("check", f"./{name}/10_rnn_step/rnn_step.py").stdout
    (hint,) = re.findall(r"For a hint:\s+tracer (hint .*)", checked)

    assert Path(shlex.split(go)[1]).resolve() == tmp_path / name
    for result in below:
        (folder,) = re.findall(r"cd (.*)", result.stdout + result.stderr)
        assert (tmp_path / shlex.split(folder)[0]).samefile(tmp_path / name)
    assert "10_rnn_step, “one word”: hint 1 of 3" in tracer(*shlex.split(hint)).stdout

    monkeypatch.chdir(name)
    (tmp_path / name / "20_lstm_gates" / "lstm_gates.py").unlink()
    (restore,) = re.findall(r"to restore it: tracer (.*)", tracer("check", "20").stderr)
    assert tracer(*shlex.split(restore)).exit_code == 0
    assert (tmp_path / name / "20_lstm_gates" / "lstm_gates.py").exists()


def test_a_report_goes_into_a_file(course: Path) -> None:
    """As JSON or as plain text, with the same exit code; a screen for a terminal does not."""
    done = tracer("check", "10", "--format", "json", "--output", "report.json")
    plain = tracer("check", "10", "--format", "plain", "--output", "report.txt")
    refused = tracer("check", "10", "--output", "report.txt")

    assert (done.exit_code, plain.exit_code, refused.exit_code) == (1, 1, 2)
    assert done.stdout == plain.stdout == ""
    assert json.loads((course / "report.json").read_text("utf-8"))["exercise"] == "10_rnn_step"
    assert "10_rnn_step" in (course / "report.txt").read_text("utf-8")
    assert "--output report.txt: --format rich is for a screen" in refused.stderr


def test_json_when_everything_is_passed(course: Path, solutions: Path) -> None:
    """A record with the usual keys and nothing in it; what was printed stays as it was."""
    usual = json.loads(tracer("check", "10", "--format", "json").stdout)
    solve(course, solutions, "10_rnn_step", "20_lstm_gates", "22_lstm_step")
    answer = course / "10_rnn_step" / "rnn_step.py"
    answer.write_text(answer.read_text("utf-8") + "print('one ␤ two')\n", "utf-8")
    printed = json.loads(tracer("check", "10", "--format", "json").stdout)["printed"]
    for name in ("20", "22"):
        tracer("check", name)

    empty = json.loads(tracer("check", "--format", "json").stdout)

    assert empty.keys() == usual.keys()
    assert (empty["exercise"], empty["verdict"], empty["checks"]) == (None, "passed", [])
    assert printed == "one ␤ two\n" * 8


def test_dev_check(tmp_path: Path, solutions: Path) -> None:
    """Everything fits."""
    name = "10_rnn_step"
    shutil.copytree(home() / name, tmp_path / "exercises" / name)
    shutil.copytree(solutions / name, tmp_path / "solutions" / name)

    result = tracer("dev", "check", "--exercises", str(tmp_path / "exercises"))

    assert (result.exit_code, result.stdout) == (0, "  1 exercise, no problems found.\n")


def test_a_process_of_its_own(course: Path) -> None:
    """As a student runs it: an exit code, and no control codes in a pipe."""
    (course / "10_rnn_step" / "rnn_step.py").write_text(
        "def rnn_step(x, h_prev, U, W, a):\n    raise ValueError('\\x1b[31mred [bold]')\n", "utf-8"
    )

    ended = subprocess.run(
        [sys.executable, "-m", "tracer", "check", "10"],
        cwd=course, capture_output=True, encoding="utf-8", check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip

    assert ended.returncode == 1
    assert r"Your code raised ValueError: \x1b[31mred [bold]" in ended.stdout
    assert "\x1b" not in ended.stdout
    assert ended.stderr == ""


def test_an_exercise_without_hints_offers_none() -> None:
    """The report proposes no hint, and who asks for one is told that there is none."""
    rows = Path(__file__).parents[1] / "exercises/courses/rows"
    wrong = rows / "solutions/30_rnn_layers/mistakes/slope_of_the_gradient.py"

    checked = tracer(
        "check", str(wrong), "--exercise", "30", "--exercises", str(rows / "exercises")
    )
    asked = tracer("hint", "30", "--exercises", str(rows / "exercises"))

    assert checked.exit_code == 1
    assert "For a hint" not in checked.stdout
    assert asked.exit_code == 2
    assert "30_rnn_layers has no hints: there is no hints.md in" in asked.stderr
