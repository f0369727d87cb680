"""What a saved file, a key and a result do to the screen of tracer watch; nothing runs here."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from rich.text import Text

from tracer.course.handing_out import hand_out
from tracer.course.kept import Result
from tracer.course.workbook import Workbook
from tracer.exercises.discovery import discover
from tracer.exercises.form import digest
from tracer.grading.report import Verdict
from tracer.view.parts.ladder import CheckedRow
from tracer.view.terminal.console import Abilities, ascii_line
from tracer.view.terminal.watching import ended, frame
from tracer.watch.checking import Checked, Early, Job
from tracer.watch.halfway import halfway
from tracer.watch.pressing import pressed
from tracer.watch.session import Session

ROOT = Path(__file__).parents[2]
WRONG = "def rnn_step(x, h_prev, U, W, a):\n    return x\n"


class Checks:
    """Remembers what it was asked for, and how often it was told to give up."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.stopped = 0

    def ask(self, job: Job) -> None:
        """Take a job."""
        self.jobs.append(job)

    def stop(self) -> None:
        """Give up."""
        self.stopped += 1


class Evening:
    """A session in a fresh workbook of three exercises, on 80 columns and 24 lines."""

    def __init__(self, root: Path, exercises: Path) -> None:
        found = discover(exercises).good
        hand_out(root, found)
        self.root, self.checks, self.now = root, Checks(), 0.0
        able = Abilities(width=80, height=24)
        book = Workbook.open(root)
        self.session = Session(found, book, self.checks, able, clock=lambda: self.now)

    def save(self, name: str, text: str) -> None:
        """Write an answer, and let the session hear of it."""
        exercise = next(e for e in self.session.exercises if e.name == name)
        (self.root / name / exercise.file).write_text(text, "utf-8")
        self.session.saved()

    def result(self, verdict: Verdict, *, runs: bool = True) -> None:
        """Let the check that was asked for last end so, and be remembered."""
        job = self.checks.jobs[-1]
        exercise = next(e for e in self.session.exercises if e.folder == job.exercise)
        file = self.root / exercise.name / exercise.file
        with Workbook.open(self.root)._changed() as kept:
            kept.results[exercise.name] = Result(
                verdict, 1.0, "" if verdict is Verdict.PASSED else exercise.checks[0].name,
                digest(file.read_bytes()), exercise.file,
            )  # fmt: skip
        row = CheckedRow(exercise.name, verdict, 1.0, exercise.points, "")
        lines = [Text(""), Text(f"  report {job.number} on {exercise.name}")]
        self.session.checked(Checked(job.number, row, lines, runs))

    @property
    def screen(self) -> list[str]:
        """The lines of the screen."""
        return [line.plain for line in frame(self.session.shown, self.session.able)]

    @property
    def said(self) -> str:
        """The quiet line."""
        return self.screen[-3].strip()


@pytest.fixture
def evening(tmp_path: Path, three: Path) -> Evening:
    """A fresh one."""
    return Evening(tmp_path / "course", three)


def test_an_exercise_that_nobody_has_begun(evening: Evening) -> None:
    """Which file to write, and what the exercise asks for; nothing is run."""
    assert evening.screen[1:5] == [
        "  Write 10_rnn_step/rnn_step.py in your editor: as soon as you save it, it is",
        "  checked here.",
        "",
        "  One step of the plain RNN",
    ]
    assert len(evening.screen) == 24
    assert "more lines: space ──" in evening.screen[-4]
    assert evening.screen[-2:] == [
        "  ······························  0 of 3 passed  10_rnn_step",
        "  n next  h hint  p page  l list  c all  r run  x reset  q quit ",
    ]
    assert evening.checks.jobs == []


def test_a_save_is_checked_and_a_new_one_begins_anew(evening: Evening) -> None:
    """The result of what was given up does not show, and after a while it is said what runs."""
    evening.save("10_rnn_step", WRONG)
    evening.now = 1.0
    assert evening.said == "Checking 10_rnn_step …"
    evening.now = 4.2
    assert evening.said == "Checking 10_rnn_step … for 4 s; save again to begin anew"
    evening.save("10_rnn_step", WRONG + "\n")
    first, second = evening.checks.jobs

    evening.session.checked(Checked(first.number, None, [Text("old")], runs=True))
    assert "old" not in evening.screen
    evening.result(Verdict.WRONG)

    assert evening.screen[1] == f"  report {second.number} on 10_rnn_step"
    assert evening.said == ""

    evening.save("10_rnn_step", WRONG)
    evening.now += 4.2
    told = " ".join(" ".join(evening.screen).split())
    assert "Shown is the result of the file before. Checking 10_rnn_step … for 4 s" in told


def test_what_is_certain_is_shown_until_the_report_comes(evening: Evening) -> None:
    """A quiet line says what goes on; the page and back leave it, and the report replaces it."""
    evening.save("10_rnn_step", WRONG)
    (job,) = evening.checks.jobs
    evening.session.heard(Early(job.number, [Text(""), Text("  ✗ wrong")]))

    assert evening.screen[1] == "  ✗ wrong"
    assert evening.said == "Looking for the mistake in 10_rnn_step …"
    pressed(evening.session, "p")
    assert "  ✗ wrong" not in evening.screen
    pressed(evening.session, "p")
    assert evening.screen[1] == "  ✗ wrong"
    evening.now = 3.4
    assert evening.said == "Checking 10_rnn_step … for 3 s; save again to begin anew"

    evening.result(Verdict.WRONG)
    assert evening.screen[1] == f"  report {job.number} on 10_rnn_step"
    assert evening.said == ""


def test_what_is_certain_of_another_answer_is_not_shown(evening: Evening) -> None:
    """That of a job that was given up is not, and a new save takes away what was shown."""
    evening.save("10_rnn_step", WRONG)
    early = Early(evening.checks.jobs[-1].number, [Text("  ✗ wrong")])
    evening.session.heard(early)
    evening.save("10_rnn_step", WRONG + "\n")
    evening.session.heard(early)
    assert "  ✗ wrong" not in evening.screen

    number = evening.checks.jobs[-1].number
    evening.session.heard(Early(number, [Text("  ✗ wrong")]))
    assert "  ✗ wrong" in evening.screen
    evening.session.heard(Checked(number, None, [], runs=False))
    assert "  ✗ wrong" not in evening.screen
    assert evening.said == "The check broke off; r runs it again."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def rnn_step(x,\n", "rnn_step.py, line 1: '(' was never closed."),
        ("", "rnn_step.py is empty."),
        (None, "rnn_step.py is not there."),
    ],
)
def test_a_file_that_is_saved_halfway(evening: Evening, text: str | None, said: str) -> None:
    """The last result stays, and one quiet line says why; what is being checked is given up."""
    evening.save("10_rnn_step", WRONG)
    evening.result(Verdict.WRONG)
    before, stopped = evening.screen[:-4], evening.checks.stopped
    if text is None:
        (evening.root / "10_rnn_step" / "rnn_step.py").unlink()
        evening.session.saved()
    else:
        evening.save("10_rnn_step", text)

    assert evening.screen[:-4] == before
    assert evening.said == f"{said} Shown is the last result."
    assert (len(evening.checks.jobs), evening.checks.stopped - stopped) == (1, 1)

    evening.save("10_rnn_step", WRONG + "# whole\n")
    assert len(evening.checks.jobs) == 2


def test_half_a_file_before_any_result(evening: Evening) -> None:
    """There is nothing to stay, so the report says so; a result of an evening before stays."""
    evening.save("10_rnn_step", "def rnn_step(x,\n")
    assert len(evening.checks.jobs) == 1

    evening.result(Verdict.CRASHED, runs=False)
    evening.session.reports.clear()
    evening.save("10_rnn_step", "c = f * c_prev + i g\n")
    assert evening.said == "rnn_step.py, line 1: invalid syntax. It is not checked; r does so."
    assert len(evening.checks.jobs) == 1


def test_a_file_that_is_not_there_before_any_result(evening: Evening) -> None:
    """Nothing is said of a result that there never was, but what to do."""
    (evening.root / "10_rnn_step" / "rnn_step.py").unlink()
    evening.session.saved()
    assert evening.said == "rnn_step.py is not there. To restore it: tracer init ."
    pressed(evening.session, "r")
    assert evening.said == "rnn_step.py is not there. To restore it: tracer init ."
    assert evening.checks.jobs == []

    (evening.root / "10_rnn_step" / "rnn_step.py").mkdir()
    evening.session.look_at_answer()
    assert evening.said.startswith("cannot check rnn_step.py: ")


def test_what_passed_is_not_run_again(evening: Evening) -> None:
    """Neither by saving the same, nor by coming back, nor by c; r does it all the same."""
    evening.save("10_rnn_step", WRONG)
    evening.result(Verdict.PASSED)
    assert evening.said == "Passed. n goes on with 20_lstm_gates."
    evening.save("10_rnn_step", WRONG)
    pressed(evening.session, "n")
    assert evening.session.current.name == "20_lstm_gates"
    pressed(evening.session, "c")
    table = evening.screen

    assert len(evening.checks.jobs) == 1
    assert table[1:4] == [
        "  ✓ 10_rnn_step    1/13  passed",
        "  · 20_lstm_gates  0/10  not started",
        "  · 22_lstm_step   0/13  not started",
    ]
    again = Session(
        evening.session.exercises, Workbook.open(evening.root), evening.checks,
        evening.session.able,
    )  # fmt: skip
    assert again.current.name == "20_lstm_gates"
    pressed(again, "r")
    assert len(evening.checks.jobs) == 2


def test_all_are_passed(evening: Evening) -> None:
    """An evening begins with the list then, and no sentence says that n goes on."""
    for exercise in evening.session.exercises:
        evening.save(exercise.name, WRONG)
        evening.result(Verdict.PASSED)
    again = Session(
        evening.session.exercises, Workbook.open(evening.root), evening.checks,
        evening.session.able,
    )  # fmt: skip
    shown = []
    for key in ("", "l", "h"):
        pressed(again, key)
        shown.append([line.plain.strip() for line in frame(again.shown, again.able)])

    begun, back, hint = shown
    assert [line[:3] for line in begun[1:4]] == ["✓ 1", "✓ 2", "✓ 2"]
    assert (begun[5], begun[-3]) == ("l goes back", "All exercises passed.")
    assert back[2] == "passed, and not changed since; r runs it again"
    assert hint[-3] == "10_rnn_step is passed."


def test_all_are_checked_one_after_the_other(evening: Evening) -> None:
    """The table fills."""
    for name in ("10_rnn_step", "20_lstm_gates"):
        shutil.copy(next((ROOT / "solutions" / name).glob("*.py")), evening.root / name)
    pressed(evening.session, "c")
    assert "  · 20_lstm_gates  0/10  not tried" in evening.screen
    evening.result(Verdict.PASSED)
    evening.result(Verdict.WRONG)

    assert [job.exercise.name for job in evening.checks.jobs] == ["10_rnn_step", "20_lstm_gates"]
    assert "  ✗ 20_lstm_gates  1/10  partly right" in evening.screen


def test_a_save_elsewhere_changes_over(evening: Evening) -> None:
    """Whatever is saved is what somebody works on; but not an earlier answer that it imports."""
    evening.save("22_lstm_step", "def lstm_step(): ...\n")
    assert evening.session.current.name == "22_lstm_step"
    evening.result(Verdict.WRONG)
    user = next(e for e in evening.session.exercises if e.name == "22_lstm_step")
    assert "20_lstm_gates" in user.uses
    with evening.session.book._changed() as kept:
        kept.results[user.name] = kept.results[user.name]._replace(
            earlier='{"20_lstm_gates/lstm_gates.py": "of before"}'
        )

    evening.save("20_lstm_gates", "def lstm_gates(): ...\n")

    assert [job.exercise.name for job in evening.checks.jobs] == ["22_lstm_step"] * 2


@pytest.mark.parametrize("at_once", [True, False])
def test_every_save_is_checked(evening: Evening, at_once: bool) -> None:
    """Two files saved at once, or one while another is checked: the one on the screen first."""
    (evening.root / "10_rnn_step" / "rnn_step.py").write_text(WRONG, "utf-8")
    if not at_once:
        evening.session.saved()
    evening.save("22_lstm_step", "def lstm_step(): ...\n")
    shown = evening.session.current.name
    evening.result(Verdict.PASSED)
    evening.result(Verdict.WRONG)

    other = "22_lstm_step" if at_once else "10_rnn_step"
    asked = [job.exercise.name for job in evening.checks.jobs]
    assert asked[-2:] == [shown, other]
    assert evening.session.current.name == shown
    assert evening.said.endswith(f"{other}: partly right.")
    assert evening.session.saved_ones == []


@pytest.mark.parametrize("width", [60, 80])
def test_the_end_takes_the_keys_away(evening: Evening, width: int) -> None:
    """All lines of them: at 60 columns they need two."""
    able = Abilities(width=width, height=20)
    lines = [line.plain for line in frame(evening.session.shown, able)]
    keys = next(n for n, line in enumerate(lines, 1) if line.startswith("  n next"))

    assert ended(len(lines), able).startswith(f"\x1b[{keys};1H\x1b[J")


def test_no_hint_where_an_earlier_answer_is_at_fault(evening: Evening) -> None:
    """It is said which one is to be corrected, and nothing is used up."""
    evening.save("22_lstm_step", "def lstm_step(): ...\n")
    evening.result(Verdict.WRONG)
    with evening.session.book._changed() as kept:
        result = kept.results["22_lstm_step"]
        kept.results["22_lstm_step"] = result._replace(fault="20_lstm_gates")
    pressed(evening.session, "h")

    assert "exercise 20, which is called here, is to be" in " ".join(evening.screen)
    assert Workbook.open(evening.root).hints == {}


def test_hints(evening: Evening) -> None:
    """They get stronger and are counted; not of what does not run, and not of what is passed."""
    evening.save("10_rnn_step", WRONG)
    evening.result(Verdict.CRASHED, runs=False)
    pressed(evening.session, "h")
    assert evening.said == "Your file does not run yet: mend this first. No hint is used up."
    assert Workbook.open(evening.root).hints == {}

    evening.save("10_rnn_step", WRONG + "\n")
    evening.result(Verdict.WRONG)
    pressed(evening.session, "h")
    first = evening.screen
    pressed(evening.session, "h")

    assert first[1] == "  10_rnn_step, “one word”: hint 1 of 3"
    assert not any("`" in line for line in first)
    assert any("report 2 on 10_rnn_step" in line for line in first)
    assert evening.screen[1] == "  10_rnn_step, “one word”: hint 2 of 3"
    assert Workbook.open(evening.root).hints == {"10_rnn_step/one word": 2}

    evening.save("10_rnn_step", WRONG + "\n\n")
    evening.result(Verdict.PASSED)
    pressed(evening.session, "h")
    assert evening.said == "10_rnn_step is passed; n goes on."


def test_hints_on_an_answer_that_raises(evening: Evening) -> None:
    """The first one is not counted, for the report says more; to ask again is to go on."""
    evening.save("10_rnn_step", WRONG)
    evening.result(Verdict.CRASHED)
    shown, counted = [], []

    for _time in range(4):
        pressed(evening.session, "h")
        shown.append(evening.screen[1].split(": ")[1])
        counted.append(Workbook.open(evening.root).hints.get("10_rnn_step/one word", 0))

    assert shown == ["hint 1 of 3", "hint 2 of 3", "hint 3 of 3", "hint 3 of 3"]
    assert counted == [1, 2, 3, 3]
    assert (
        "  Your answer ended before its numbers came: read the report below first."
        in evening.screen
    )


def test_the_arrow_of_the_list(evening: Evening) -> None:
    """Where somebody works, which need not be the first that is not passed, or where n goes on."""
    pressed(evening.session, "n")
    pressed(evening.session, "l")
    there = [line[2] for line in evening.screen[1:4]]
    evening.save("20_lstm_gates", WRONG)
    evening.result(Verdict.PASSED)
    pressed(evening.session, "l")

    assert there == ["·", "→", "·"]
    assert [line[2] for line in evening.screen[1:4]] == ["·", "✓", "→"]


def test_begun_anew(evening: Evening) -> None:
    """Only y does it, and a result that comes meanwhile does not hide the question."""
    evening.save("10_rnn_step", WRONG)
    pressed(evening.session, "x")
    question = "Begin 10_rnn_step anew? Your answer is kept as rnn_step.old-1.py. y/n"
    assert evening.said == question
    evening.result(Verdict.WRONG)
    assert evening.said == question
    pressed(evening.session, "n")
    assert (evening.root / "10_rnn_step" / "rnn_step.py").read_text("utf-8") == WRONG

    pressed(evening.session, "x")
    pressed(evening.session, "y")

    folder = evening.root / "10_rnn_step"
    assert (folder / "rnn_step.old-1.py").read_text("utf-8") == WRONG
    assert "raise NotImplementedError" in (folder / "rnn_step.py").read_text("utf-8")
    assert evening.screen[1].startswith("  Write 10_rnn_step/rnn_step.py in your editor")
    evening.session.saved()  # its own writing is no save of somebody's
    assert len(evening.checks.jobs) == 1


def test_scrolling_and_leaving(evening: Evening) -> None:
    """Space and b by pages, arrows by lines, never past an end; a closed terminal leaves."""
    top = evening.screen
    for key in (" ", "down", "j", "page up", "up", "k", "b"):
        pressed(evening.session, key)
    assert evening.screen == top
    for _press in range(20):
        pressed(evening.session, " ")
    assert "the end; back: b ──" in evening.screen[-4]
    assert "Check it with tracer check 10." in "".join(evening.screen)
    assert not evening.session.over
    pressed(evening.session, "closed")
    assert evening.session.over


@pytest.mark.parametrize("view", ["", "l", "c", "p"])
def test_every_size(evening: Evening, view: str) -> None:
    """No line is too long, also without colour and in ASCII; the keys are always there."""
    pressed(evening.session, view or "z")
    for width, height in ((40, 24), (60, 24), (80, 24), (120, 50), (80, 6)):
        for unicode in (True, False):
            able = Abilities(width=width, height=height, unicode=unicode)
            evening.session.resized(able)
            lines = frame(evening.session.shown, able)
            shown = [(line if unicode else ascii_line(line)).plain for line in lines]

            assert max(map(len, shown)) <= width + 1  # a blank at the end is not drawn
            assert height <= len(shown) <= max(height, 10)
            assert all(f" {key} " in " ".join(shown[-3:]) for key in "nhplcrxq")


def test_halfway_and_whole() -> None:
    """A notebook, a long file, and what only running tells is not judged here."""
    assert halfway(b"  \n", "a.py") == "a.py is empty."
    assert halfway(b"x = (\n", "a.ipynb") == ""
    assert halfway(b"x = 1\n", "a.py") == ""
    assert halfway(b"(" * 2**18, "a.py") == ""
