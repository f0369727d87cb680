"""What a workbook remembers: of several commands at once, and where nothing can be written."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from time import sleep

import pytest
from click.testing import CliRunner, Result

from tracer.cli import command_line
from tracer.course import workbook
from tracer.course.handing_out import hand_out
from tracer.course.kept import Result as Kept
from tracer.course.kept import Work
from tracer.course.workbook import Workbook
from tracer.exercises import discovery
from tracer.exercises.discovery import discover, home
from tracer.exercises.submission import Submission
from tracer.grading.report import Report, Verdict
from tracer.grading.session import grade
from tracer.storage.locking import locked

ROOT = Path(__file__).parents[2]
ANSWER = "def rnn_step(x, h_prev, U, W, a):\n    return x\n"

WITH_OTHER_EXERCISES = """
import sys
from pathlib import Path
from tracer.course import workbook
from tracer.exercises import discovery
from tracer.cli import main
workbook.WAIT = 600  # eight of them share a processor or two
root = Path(sys.argv.pop(1))
discovery.home = lambda: root
main()
"""


def tracer(*words: str) -> Result:
    """Run a command in this process."""
    return CliRunner(env={"COLUMNS": "100"}).invoke(command_line, words)


@pytest.fixture
def course(tmp_path: Path, three: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh workbook, which is also the working folder."""
    hand_out(tmp_path / "course", discover(three).good)
    monkeypatch.chdir(tmp_path / "course")
    return tmp_path / "course"


@pytest.fixture(scope="module")
def reports() -> list[Report]:
    """Reports on three stubs."""
    numbers = ("10", "20", "22")
    stubs = [e for e in discover().good if e.number in numbers]
    return [grade(e, Submission.read(e.stub), seed=1) for e in stubs]


def files(folder: Path) -> set[str]:
    """Everything below a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_eight_checks_at_once(tmp_path: Path) -> None:
    """Eight processes in one workbook, each with its own exercise: all eight results are kept."""
    exercises, course = tmp_path / "exercises", tmp_path / "course"
    names = [f"{n}_rnn_step" for n in range(10, 18)]
    for name in names:
        shutil.copytree(home() / "10_rnn_step", exercises / name)
    hand_out(course, discover(exercises).good)

    commands = [
        subprocess.Popen(
            [sys.executable, "-c", WITH_OTHER_EXERCISES, str(exercises), "check", name],
            cwd=course, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL, encoding="utf-8",
        )
        for name in names
    ]  # fmt: skip
    said = [command.communicate()[1] for command in commands]

    assert [command.returncode for command in commands] == [1] * 8
    assert said == [""] * 8
    assert sorted(Workbook.open(course).results) == names
    assert files(course / ".tracer") == {"handed.json", "progress.json"}


def test_what_another_command_remembered_in_between_is_kept(
    course: Path, reports: list[Report]
) -> None:
    """Each command reads the file when it starts, and once more before it writes."""
    one, two, three = (Workbook.open(course) for _ in range(3))
    one.remember(reports[0])
    three.give_hint("10_rnn_step/batch", 2)
    two.remember(reports[1])

    kept = Workbook.open(course)

    assert sorted(kept.results) == ["10_rnn_step", "20_lstm_gates"]
    assert kept.hints == {"10_rnn_step/batch": 2}


def test_a_command_that_does_not_let_go(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After some seconds the report is shown all the same, and what is not remembered is said."""
    monkeypatch.setattr(workbook, "WAIT", 0.1)

    with locked(course / ".tracer" / "progress.json", "the results"):
        result = tracer("check", "10")

    assert "0 of 13 points" in result.stdout
    assert result.stderr == (
        f"warning: this result could not be remembered: another tracer command (process "
        f"{os.getpid()}) is working on the results in {course}; wait until it has ended\n"
    )
    assert Workbook.open(course).results == {}


@pytest.mark.parametrize("number", [errno.EROFS, errno.ENOSPC, errno.EACCES])
@pytest.mark.parametrize("words", [("check", "10"), ("check", "10", "--format", "json"),
                                   ("hint", "10", "--again"), ("list",)])  # fmt: skip
def test_where_nothing_can_be_written(
    course: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: tuple[str, ...]
) -> None:
    """In a read-only folder, or on a full disk, everything is shown; then it says what is lost.

    Hints come all at once, for nobody could ever get to the second one.
    """
    usual = tracer(*words)
    before = files(course)
    opened = os.open

    def refused(path: str, flags: int, *rest: int, **more: int) -> int:
        if flags & os.O_CREAT and str(path).startswith(str(course)):
            raise OSError(number, os.strerror(number), str(path))
        return opened(path, flags, *rest, **more)

    monkeypatch.setattr(os, "open", refused)
    result = tracer(*words)

    assert result.exit_code == usual.exit_code
    if words[0] == "hint":
        assert all(f"  {n}. " in result.stdout for n in (1, 2, 3))
    else:
        assert len(result.stdout.splitlines()) == len(usual.stdout.splitlines())
    what = {
        "check": "this result could not be remembered",
        "hint": "all hints are shown, because they cannot be counted here",
    }.get(words[0])
    why = f"cannot write {course}/.tracer/progress.json: {os.strerror(number)}"
    assert result.stderr == (f"warning: {what}: {why}\n" if what else "")
    assert files(course) == before
    if "json" in words:
        assert json.loads(result.stdout)["verdict"] == "not_started"


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "\x00", "[" * 10**5])
def test_a_damaged_memory(course: Path, text: str) -> None:
    """It costs the ticks of the list, and nothing else; the next result starts a new one."""
    path = course / ".tracer" / "progress.json"
    path.write_text(text, "utf-8")

    listed, checked, again = tracer("list"), tracer("check", "10"), tracer("list")

    assert listed.stderr == f"warning: your results are not shown: {path} is damaged\n"
    assert (checked.exit_code, "0 of 13 points" in checked.stdout) == (1, True)
    assert checked.stderr == f"warning: earlier results are forgotten: {path} is damaged\n"
    assert (again.stderr, Workbook.open(course).results["10_rnn_step"].points) == ("", 0)


def test_a_damaged_entry(course: Path) -> None:
    """What cannot be understood is passed over; the rest is kept."""
    path = course / ".tracer" / "progress.json"
    path.write_text(
        '{"results": {"10_rnn_step": ["passed", "x"], "20_lstm_gates": ["passed", 10, ""]}}',
        "utf-8",
    )

    assert list(Workbook.open(course).results) == ["20_lstm_gates"]
    assert tracer("list").stderr == ""


def test_a_memory_that_may_not_be_read(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not overwritten: what is in it is known to somebody else."""
    path = course / ".tracer" / "progress.json"
    whole, reading = path.read_bytes(), Path.read_text

    def refused(self: Path, *rest: str) -> str:
        if self.name == "progress.json":
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        return reading(self, *rest)

    monkeypatch.setattr(Path, "read_text", refused)

    checked, listed = tracer("check", "10"), tracer("list")

    why = f"cannot read {path}: Permission denied\n"
    assert checked.exit_code == 1
    assert "0 of 13 points" in checked.stdout
    assert checked.stderr == f"warning: this result could not be remembered: {why}"
    assert listed.stderr == f"warning: your results are not shown: {why}"
    assert path.read_bytes() == whole


def test_nothing_is_written_beside_a_file(tmp_path: Path) -> None:
    """Outside of a workbook, a check leaves the file's folder and the working folder alone."""
    answers, here = tmp_path / "answers", tmp_path / "here"
    answers.mkdir()
    here.mkdir()
    (answers / "rnn_step.py").write_text(ANSWER, "utf-8")
    times = answers.stat().st_mtime_ns, here.stat().st_mtime_ns

    ended = subprocess.run(
        [sys.executable, "-m", "tracer", "check", str(answers / "rnn_step.py")],
        cwd=here, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False,
    )  # fmt: skip

    assert ended.returncode == 1
    assert (files(answers), files(here)) == ({"rnn_step.py"}, set())
    assert (answers.stat().st_mtime_ns, here.stat().st_mtime_ns) == times


def test_an_answer_that_changed_since_its_check(course: Path) -> None:
    """The list says so until it is checked again, and no earlier result is taken for a new one."""
    answer = course / "10_rnn_step" / "rnn_step.py"
    shutil.copy(ROOT / "solutions" / "10_rnn_step" / "rnn_step.py", answer)
    tracer("check", "10")
    before = tracer("list").stdout
    answer.write_text(answer.read_text("utf-8") + "\n# one line more\n", "utf-8")
    changed = tracer("list").stdout
    record = json.loads(tracer("list", "--format", "json").stdout)
    tracer("check", "10")

    assert "changed" not in before
    assert "13/13  passed, changed since" in changed
    assert [row["changed"] for row in record] == [True, False, False]
    assert "changed" not in tracer("list").stdout

    answer.unlink()
    (course / "20_lstm_gates" / "lstm_gates.py").unlink()
    shown = tracer("list").stdout
    assert "13/13  passed, no file now" in shown
    assert "0/10  no file " in shown
    memory = course / ".tracer" / "progress.json"
    kept = json.loads(memory.read_text("utf-8"))
    imported = json.dumps({"10_rnn_step/rnn_step.py": "its digest"})
    kept["results"]["22_lstm_step"] = ["passed", 13, "", "d", "lstm_step.py", "", imported, ""]
    memory.write_text(json.dumps(kept), "utf-8")
    assert "13/13  passed, no 10_rnn_step now" in tracer("list").stdout
    table = " ".join(tracer("check", "--all").stdout.split())
    assert "there is no rnn_step.py; to restore it: tracer init ." in table


def test_a_notebook_beside_the_stub(course: Path) -> None:
    """Its result is remembered too; where the stub is untouched, or gone, it is the answer."""
    folder = course / "10_rnn_step"
    source = (ROOT / "solutions" / "10_rnn_step" / "rnn_step.py").read_text("utf-8")
    cell = {"cell_type": "code", "source": source}
    (folder / "rnn_step.ipynb").write_text(json.dumps({"cells": [cell]}), "utf-8")

    untouched = tracer("check", "10")
    listed = tracer("list").stdout
    (folder / "rnn_step.py").write_text("def rnn_step(*_): ...\n", "utf-8")
    both = tracer("check", "10")
    named = tracer("check", "10_rnn_step/rnn_step.ipynb")
    (folder / "rnn_step.py").unlink()
    alone = tracer("check", "10")

    assert "13/13  passed  " in listed
    assert [result.exit_code for result in (untouched, both, named, alone)] == [0, 1, 0, 0]
    assert "10_rnn_step/rnn_step.ipynb" in alone.stdout
    assert "10_rnn_step/rnn_step.py" in both.stdout


def test_results_of_an_older_tracer(course: Path) -> None:
    """They have no fingerprint of the file, so nothing is said of changes."""
    kept = {"results": {"10_rnn_step": ["passed", 13, ""]}, "hints": {}}
    (course / ".tracer" / "progress.json").write_text(json.dumps(kept), "utf-8")

    assert "13/13  passed  " in tracer("list").stdout


def test_an_exercise_that_is_left_out_is_not_passed(
    course: Path, three: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where all others are passed, nobody says that all are."""
    root = tmp_path / "exercises"
    shutil.copytree(three, root)
    for name in ("20_lstm_gates", "22_lstm_step"):
        (root / name / "exercise.toml").write_text("title = 3\n", "utf-8")
    monkeypatch.setattr(discovery, "home", lambda: root)
    shutil.copy(ROOT / "solutions" / "10_rnn_step" / "rnn_step.py", course / "10_rnn_step")

    said = [tracer(*words).stdout for words in (["check", "10"], ["check"], ["list"], ["hint"])]

    for text in said:
        assert "All other exercises passed; 20_lstm_gates, 22_lstm_step cannot be" in text


def test_what_a_newer_version_wrote(course: Path) -> None:
    """In a format that is not known yet: clear words, and not a byte of it is changed."""
    path = course / ".tracer" / "progress.json"
    path.write_text('{"format": 9, "results": "in another place"}', "utf-8")
    whole = path.read_bytes()

    listed, checked = tracer("list"), tracer("check", "10")

    why = (
        f"{path} was written by a newer version of tracer (format 9, this one reads up to 2) and "
        "is left as it is; update with: pip install -U rnn-tracer\n"
    )
    assert listed.stderr == f"warning: your results are not shown: {why}"
    assert checked.stderr == f"warning: this result could not be remembered: {why}"
    assert path.read_bytes() == whole


def test_entries_of_a_newer_version_stay(course: Path, reports: list[Report]) -> None:
    """In the same format, what is not understood is written again as it was."""
    path = course / ".tracer" / "progress.json"
    strange = {
        "format": 2, "streak": [1, 2],
        "results": {"60_gru": ["outstanding", 3], "10_rnn_step": ["wrong", 1, "", "", "", "", 7]},
        "hints": {"60_gru/one": "all"}, "work": {"60_gru": {"tries": 3}},
    }  # fmt: skip
    path.write_text(json.dumps(strange), "utf-8")

    Workbook.open(course).remember(reports[1])
    kept = json.loads(path.read_text("utf-8"))

    assert kept["streak"] == [1, 2]
    assert kept["results"]["60_gru"] == ["outstanding", 3]
    assert kept["results"]["10_rnn_step"][:2] == ["wrong", 1]
    assert (kept["hints"]["60_gru/one"], kept["work"]["60_gru"]) == ("all", {"tries": 3})
    assert kept["results"]["20_lstm_gates"][0] == "not_started"


def test_tries_are_counted_until_one_passes() -> None:
    """The same file checked twice is one try, a stub is none; it says when one passed."""
    passed, wrong, stub = (Kept(v, 1.0, "", v.value) for v in (
        Verdict.PASSED, Verdict.WRONG, Verdict.NOT_STARTED,
    ))  # fmt: skip
    work, seen = Work(), []
    before: Kept | None = None
    for now, result in enumerate([stub, wrong, wrong, passed, passed, wrong, passed], 1):
        work = work.after(result, before, now)
        before = result
        seen.append(work)

    assert [one.tries for one in seen] == [0, 1, 1, 2, 2, 2, 2]
    assert [one.passed for one in seen] == [0, 0, 0, 4, 4, 4, 7]
    assert [one.checked for one in seen] == [1, 2, 3, 4, 5, 6, 7]


REMEMBERING = """
import sys
from pathlib import Path
from tracer.course.workbook import Workbook
book = Workbook.open(Path(sys.argv[1]))
number = 0
while True:
    number += 1
    book.give_hint("10_rnn_step/batch", number)
    print(number, flush=True)
"""


def test_a_writer_that_is_killed(course: Path) -> None:
    """kill -9 while results are written, three times: the file is whole, unlocked, and alone."""
    for pause in (0.0, 0.02, 0.05):
        with subprocess.Popen(
            [sys.executable, "-c", REMEMBERING, str(course)], stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        ) as writer:  # fmt: skip
            assert writer.stdout
            written = int(writer.stdout.readline())
            sleep(pause)
            writer.kill()
        book = Workbook.open(course)
        assert book.lost == ""
        assert book.hints["10_rnn_step/batch"] >= written
        book.give_hint("10_rnn_step/one word", 1)  # nobody holds the lock

    assert Workbook.open(course).hints["10_rnn_step/one word"] == 1
    assert files(course / ".tracer") == {"handed.json", "progress.json"}
