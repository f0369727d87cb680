"""A student's folder: what is handed out, what is remembered of it, and the hints."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.grading.typed import solve, tracer
from tracer.course.workbook import Workbook

TAUGHT = {"README.md"}


def test_init_hands_out_what_a_student_needs(course: Path) -> None:
    """A page on all of it, stub and README of each exercise; no hints, nothing for authors."""
    files = {path.relative_to(course).as_posix() for path in course.glob("*/*") if path.is_file()}

    assert (course / "README.md").read_text("utf-8").startswith("# Your exercises\n")
    assert files - {".tracer/progress.json", ".tracer/handed.json"} == {
        f"{name}/{file}"
        for name, stub in (
            ("10_rnn_step", "rnn_step.py"),
            ("20_lstm_gates", "lstm_gates.py"),
            ("22_lstm_step", "lstm_step.py"),
        )
        for file in {stub, *TAUGHT}
    }


def test_init_never_overwrites(course: Path) -> None:
    """What the student wrote stays, and is named; what is gone comes back."""
    tracer("init", ".")
    answer = course / "10_rnn_step" / "rnn_step.py"
    answer.write_text("mine", "utf-8")
    (course / "22_lstm_step" / "lstm_step.py").unlink()

    result = tracer("init", ".")

    assert answer.read_text("utf-8") == "mine"
    assert (course / "22_lstm_step" / "lstm_step.py").exists()
    assert "1 file written" in result.stdout
    assert "10_rnn_step/rnn_step.py" in result.stdout
    assert "20_lstm_gates" not in result.stdout


def test_init_brings_up_to_date_what_nobody_has_changed(course: Path, three: Path) -> None:
    """A page that an older tracer handed out is renewed; with a note in it, it stays."""
    tracer("init", ".")
    for number in ("10_rnn_step", "20_lstm_gates"):
        page = three / number / "README.md"
        page.write_text(page.read_text("utf-8") + "\nMore.\n", "utf-8")
    noted = course / "20_lstm_gates" / "README.md"
    noted.write_text("my notes", "utf-8")

    result = tracer("init", ".")

    assert (course / "10_rnn_step" / "README.md").read_text("utf-8").endswith("\nMore.\n")
    assert noted.read_text("utf-8") == "my notes"
    assert "1 file written" in result.stdout
    assert "    20_lstm_gates/README.md\n" in result.stdout
    assert "10_rnn_step" not in result.stdout


def test_a_folder_without_a_name_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`tracer init "$COURSE"`, where the variable is empty, would fill the folder one stands in."""
    monkeypatch.chdir(tmp_path)

    result = tracer("init", "")

    assert result.exit_code == 2
    assert result.stderr == "error: a folder without a name; for this one: tracer init .\n"
    assert list(tmp_path.iterdir()) == []


def test_init_where_a_file_is(tmp_path: Path) -> None:
    """An error with the name of the file."""
    (tmp_path / "course").touch()

    result = tracer("init", str(tmp_path / "course"))

    assert result.exit_code == 2
    assert "cannot write" in result.stderr


def test_a_hint_from_outside(
    course: Path, solutions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The advice of a check finds the same workbook as the check, from wherever it is typed."""
    monkeypatch.chdir(course.parent)
    mistake = solutions / "10_rnn_step" / "mistakes" / "w_not_transposed.py"
    shutil.copy(mistake, course / "10_rnn_step" / "rnn_step.py")

    advice = tracer("check", "course/10_rnn_step/rnn_step.py").stdout
    hint = tracer("hint", "course/10_rnn_step/rnn_step.py").stdout

    assert "For a hint: tracer hint course/10_rnn_step/rnn_step.py\n" in advice
    assert "“state and bias”: hint 1 of 3" in hint


def test_no_hint_for_what_is_passed(course: Path, solutions: Path) -> None:
    """It says so, and how to get one all the same."""
    file = course / "10_rnn_step" / "rnn_step.py"
    stub = file.read_bytes()
    solve(course, solutions, "10_rnn_step")
    tracer("check", "10")

    assert "You have passed 10_rnn_step." in tracer("hint", "10").stdout
    assert "hint 1 of 3" in tracer("hint", "10", "--check", "one word").stdout

    file.write_bytes(stub)  # begun anew
    assert "“one word”: hint 2 of 3" in (again := tracer("hint", "10").stdout)
    assert "ended before" not in again


def test_a_folder_of_the_same_name_is_no_workbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only `tracer init` makes one, and one of somebody else is not taken."""
    (tmp_path / ".tracer").mkdir()
    assert Workbook.find(tmp_path) is None

    tracer("init", str(tmp_path))
    (tmp_path / "deeper").mkdir()
    assert Workbook.find(tmp_path / "deeper") is not None
    if os.name == "posix":
        mine = os.getuid()
        monkeypatch.setattr(os, "getuid", lambda: mine + 1)
        assert Workbook.find(tmp_path) is not None  # who works in a folder means that folder


def test_an_interrupted_init_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file is there as a whole, or the next init writes it."""

    def interrupted(self: Path, contents: bytes) -> int:
        with self.open("wb") as file:
            file.write(contents[: len(contents) // 2])
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", interrupted)
        tracer("init", str(tmp_path))

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert tracer("init", str(tmp_path)).exit_code == 0
    assert "Kept, because" not in tracer("init", str(tmp_path)).stdout


def test_hints_get_stronger(course: Path, solutions: Path) -> None:
    """One at a time, for the first check that the last answer did not pass."""
    mistake = solutions / "10_rnn_step" / "mistakes" / "w_not_transposed.py"
    shutil.copy(mistake, course / "10_rnn_step" / "rnn_step.py")
    tracer("check", "10")

    hints = [tracer("hint").stdout for _ in range(4)]

    assert all("“state and bias”" in hint for hint in hints)
    assert [f"hint {n} of 3" in hints[k] for k, n in enumerate((1, 2, 3, 3))] == [True] * 4
    assert "hint 1 of 3" in tracer("hint", "--again").stdout
    assert "“batch”" in tracer("hint", "--check", "batch").stdout


def test_a_hint_speaks_of_what_is_wrong(course: Path, solutions: Path) -> None:
    """h = o * c: no hint on c alone, and the one that gives the equations comes last."""
    mistake = solutions / "22_lstm_step" / "mistakes" / "no_tanh_on_c.py"
    shutil.copy(mistake, course / "22_lstm_step" / "lstm_step.py")
    tracer("check", "22")

    hints = [" ".join(tracer("hint", "22").stdout.split()) for _ in range(3)]

    assert "hint 1 of 2 Is c squeezed when it is shown, and only then?" in hints[0]
    assert "hint 2 of 2 c = f * c_prev + i * g" in hints[1]
    assert "hint 2 of 2" in hints[2]
    assert "[" not in "".join(hints)


def test_the_hint_that_gives_the_answer_comes_last(course: Path, solutions: Path) -> None:
    """g through σ: the mild hint, which speaks of g, is the first."""
    right = (solutions / "22_lstm_step" / "lstm_step.py").read_text("utf-8")
    wrong = right.replace("np.tanh(z_g)", "σ(z_g)")
    assert wrong != right
    (course / "22_lstm_step" / "lstm_step.py").write_text(wrong, "utf-8")
    tracer("check", "22")

    hints = [" ".join(tracer("hint", "22").stdout.split()) for _ in range(2)]

    assert "hint 1 of 2 The memory is zero, so c = i * g." in hints[0]
    assert "hint 2 of 2 c = f * c_prev + i * g" in hints[1]


def test_a_hint_on_a_crash_says_first_what_happened(course: Path) -> None:
    """An error may well be what the hints are about: each time one is stronger."""
    answer = course / "10_rnn_step" / "rnn_step.py"
    answer.write_text("def rnn_step(x, h_prev, U, W, a):\n    return y\n", "utf-8")
    tracer("check", "10")

    said = [tracer("hint").stdout for _ in range(2)]

    for number, shown in enumerate(said, 1):
        what, hint = shown.split("10_rnn_step, “one word”")
        assert "NameError: name 'y' is not defined" in what
        assert hint.startswith(f": hint {number} of 3")
    answer.write_text("def rnn_step(x, h_prev, U, W, a:\n", "utf-8")
    assert "No hint is used up." in tracer("hint").stdout
    answer.write_text("def rnn_step(x, h_prev, U, W, a):\n    return y\n", "utf-8")
    assert "hint 3 of 3" in tracer("hint").stdout, "none was used up"


def test_a_hint_on_an_endless_loop(course: Path) -> None:
    """It is not run again to say so; the report has where it stood."""
    answer = course / "10_rnn_step" / "rnn_step.py"
    answer.write_text("def rnn_step(x, h_prev, U, W, a):\n    while True: pass\n", "utf-8")
    tracer("check", "10", "--time-limit", "0.3")

    said = tracer("hint").stdout

    assert "What happened, and in which line: tracer check 10\n" in said
    assert "hint 1 of 3" in said


def test_a_crash_and_a_time_out_are_told_where_a_hint_is(course: Path) -> None:
    """Whoever does not see why a loop has no end is told the command for a hint."""
    answer = course / "10_rnn_step" / "rnn_step.py"

    answer.write_text("def rnn_step(x, h_prev, U, W, a):\n    return y\n", "utf-8")
    crashed = tracer("check", "10").stdout
    answer.write_text("def rnn_step(x, h_prev, U, W, a):\n    while True: pass\n", "utf-8")
    timed_out = tracer("check", "10", "--time-limit", "0.3").stdout

    assert "For a hint: tracer hint 10\n" in crashed
    assert "For a hint: tracer hint 10\n" in timed_out
    assert "If it only needs more time, add: --time-limit 30" in timed_out


def test_hints_begin_again_for_another_mistake(course: Path, solutions: Path) -> None:
    """Also in a section without brackets: what was told of h says nothing of c."""
    answer = course / "22_lstm_step" / "lstm_step.py"
    right = (solutions / "22_lstm_step" / "lstm_step.py").read_text("utf-8")
    first = right.replace("return h, c", "return h + x.max(axis=0).max() * (len(x) > 1), c")
    second = right.replace("return h, c", "return h, c + x.max() * (len(x) > 1)")

    answer.write_text(first, "utf-8")
    tracer("check", "22")
    before = [tracer("hint", "22").stdout for _ in range(2)]
    answer.write_text(second, "utf-8")
    tracer("check", "22")
    after = tracer("hint", "22").stdout

    assert all("“batch”" in said for said in (*before, after))
    assert ["hint 1 of" in said for said in (*before, after)] == [True, False, True]
