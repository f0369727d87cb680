"""What a student is shown: never more than the dial of a check allows, wherever it might stand."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.gradebook.handing import SOLUTIONS, STEP, handed
from tests.gradebook.handing import record as graded
from tests.grading.typed import tracer
from tracer.exercises.discovery import home
from tracer.exercises.reading import read
from tracer.exercises.submission import Submission
from tracer.gradebook.feedback import Dial, Feedback, Level, shown
from tracer.gradebook.handed import HandedIn, Student
from tracer.gradebook.returning import returned
from tracer.gradebook.rules import Late, Mark, Rules
from tracer.gradebook.store import open_store
from tracer.grading.report import Verdict
from tracer.grading.session import grade
from tracer.view.export.feedback_text import as_text, of_check
from tracer.view.export.report_json import as_record

DUE = datetime(2026, 11, 20, 12, tzinfo=UTC)

NUMBER: dict[str, Any] = {
    "call": 1, "t": 2, "quantity": "h", "axes": ["N", "H"], "at": [0, 1], "place": "*place*",
    "got": 0.125, "expected": 0.625, "got_said": "*0.125*", "expected_said": "*0.625*",
    "row": [{"place": "*unit*", "yours": "*yours*", "expected": "*row*", "wrong": True}],
    "said": ["*first*", "*from own*"], "from_own": ["c"], "equations": ["*equation*"],
}  # fmt: skip
RAISED: dict[str, Any] = {"kind": "raised", "call": 1, "t": 1, "said": ["*message*"]}


def check(name: str = "a", **more: Any) -> dict[str, Any]:
    """A check of which all is filled in, each text with stars around it."""
    return {
        "name": name, "title": "*title*", "verdict": "wrong", "verdict_said": "*verdict*",
        "points": 1.5, "out_of": 3, "run": True, "told_in": "*before*",
        "quantities": [{"name": "*quantity*", "standing": "wrong"}], "said": ["*standing*"],
        "first": NUMBER, "also": [], "states": None,
        "diagnosis": {"said": ["*mistake*"]}, "explained": True,
        "trouble": RAISED, "remarks": [], "printed": "*printed*", **more,
    }  # fmt: skip


def report(*checks: dict[str, Any]) -> dict[str, Any]:
    """A report of these checks, of which all is filled in."""
    return {
        "schema": "tracer-report-4", "exercise": STEP, "number": "22", "title": "*exercise*",
        "file": "x.py", "verdict": "wrong", "verdict_said": "*whole verdict*", "points": 1.5,
        "out_of": 3, "score": "*score*", "seed": 31337, "seconds": 0.0, "wall": "plain",
        "notes": ["*note*"], "diagnosis": {"said": ["*whole mistake*"]}, "explained": True,
        "line": {"said": ["*line*"]}, "said": ["*whole*"], "checks": list(checks),
        "reading": None, "printed": "*all printed*", "advice": ["*advice*"],
    }  # fmt: skip


def texts(found: Any) -> Iterator[str]:
    """Every text with stars around it, wherever it stands; numbers that are to be hidden too."""
    if isinstance(found, Mapping):
        for value in found.values():
            yield from texts(value)
    elif isinstance(found, list):
        for value in found:
            yield from texts(value)
    elif isinstance(found, str) and found.startswith("*"):
        yield found.strip("*")
    elif found in (0.125, 0.625, 31337):
        yield str(found)


VERDICT = {"title", "verdict", "exercise", "whole verdict", "score", "note"}
WHERE = VERDICT | {"before", "quantity", "standing", "place", "first"}
NUMBERS = WHERE | {
    "0.125", "0.625", "unit", "yours", "row", "from own", "message", "printed", "all printed",
}  # fmt: skip
HINT = NUMBERS | {"equation", "mistake", "whole mistake", "line", "whole", "31337"}


@pytest.mark.parametrize(
    ("level", "allowed"),
    [
        (Level.VERDICT, VERDICT), (Level.WHERE, WHERE), (Level.NUMBERS, NUMBERS),
        (Level.HINT, HINT),
    ],
)  # fmt: skip
def test_each_level(level: Level, allowed: set[str]) -> None:
    """What is shown at each, and nothing else; each shows more than the one before."""
    found = shown(report(check()), lambda _name: level)

    assert set(texts(found)) == allowed
    alone = as_text(shown(report(check(told_in=None)), lambda _name: level))
    assert set(re.findall(r"\*([^*\n]+)\*", alone)) <= allowed
    assert ("*equation*" in alone) == (level is Level.HINT)
    assert ("*first*" in alone) == (level >= Level.WHERE)
    assert "*first*" not in as_text(found)  # the check before it tells it


@pytest.mark.parametrize("level", [Level.VERDICT, Level.WHERE])
def test_one_check_does_not_tell_of_another(level: Level) -> None:
    """What was printed, an exception's text, the seed and the line may hold another's numbers."""
    dials = {"open": Level.HINT, "kept back": level}
    found = shown(report(check("open"), check("kept back")), dials.__getitem__)
    said = set(texts(found))

    assert said.isdisjoint({"printed", "all printed", "message", "31337", "line", "whole mistake"})
    assert {"mistake", "0.625"} <= set(texts(found["checks"][0]))
    assert {"mistake", "0.625"}.isdisjoint(texts(found["checks"][1]))


def test_a_check_that_passes_keeps_no_mistake_back() -> None:
    """The mistake of the whole is not about it; the seed is."""
    dials = {"open": Level.HINT, "kept back": Level.VERDICT}
    passed = check("kept back", verdict="passed", first=None, trouble=None)

    found = shown(report(check("open"), passed), dials.__getitem__)

    assert {"whole mistake", "line"} <= set(texts(found))
    assert found["seed"] is None


@pytest.mark.parametrize(
    ("kind", "run", "told"),
    [("shape", True, True), ("raised", True, False), ("raised", False, True),
     ("dtype", True, False), ("warned", True, False), ("form", False, True)],
)  # fmt: skip
def test_trouble_at_its_place(kind: str, run: bool, told: bool) -> None:
    """Words of the student's own may hold numbers; before a check ran, there were none."""
    trouble = {"kind": kind, "call": 1, "t": 1, "said": ["*told*"]}

    found = shown(report(check(trouble=trouble, run=run)), lambda _name: Level.WHERE)

    assert found["checks"][0]["trouble"] == trouble | ({} if told else {"said": []})


@pytest.mark.long
def test_every_key_of_a_report() -> None:
    """The keys are those of a report, so that one program reads both; `level` is added."""
    source = (SOLUTIONS / STEP / "mistakes" / "no_tanh_on_c.py").read_bytes()
    whole = as_record(grade(read(home() / STEP), Submission("x.py", source), seed=7))

    found = shown(whole, lambda _name: Level.HINT)

    without = {"seconds", "advice"}
    assert set(found) == set(whole) - without
    assert {key: found[key] for key in found if key not in ("schema", "checks")} == {
        key: whole[key] for key in found if key not in ("schema", "checks")
    }
    assert found["checks"] == [{**one, "level": "hint"} for one in whole["checks"]]
    hidden = json.dumps(shown(whole, lambda _name: Level.WHERE))
    first = whole["checks"][0]["first"]
    assert first["place"] in hidden
    assert str(first["expected"]) not in hidden
    assert first["expected_said"] not in hidden


@pytest.mark.parametrize(
    ("tries", "due", "level"),
    [(1, False, Level.VERDICT), (2, False, Level.WHERE), (3, False, Level.WHERE),
     (4, False, Level.NUMBERS), (1, True, Level.HINT)],
)  # fmt: skip
def test_when(tries: int, due: bool, level: Level) -> None:
    """At once, from so many tries on, once it is due: the most of what holds."""
    dial = Dial(Level.VERDICT, Level.HINT, {2: Level.WHERE, 4: Level.NUMBERS})

    assert dial.level(tries, due=due) is level


def test_whose_dial() -> None:
    """That of the check, else of its exercise, else of the course."""
    course, exercise, one = Dial(Level.WHERE), Dial(Level.NUMBERS), Dial(Level.VERDICT)
    feedback = Feedback(course, {STEP: exercise}, {(STEP, "one"): one})

    levels = feedback.levels(STEP, 1, None, DUE)

    assert [levels("one"), levels("two")] == [Level.VERDICT, Level.NUMBERS]
    assert feedback.levels("10_rnn_step", 1, None, DUE)("one") is Level.WHERE


def class_in(folder: Path) -> None:
    """Ada has handed in twice, Bob once."""
    with open_store(folder) as store:
        for number, student in enumerate(("ada", "ada", "=bob"), start=1):
            one = handed(number, student=student)
            given = HandedIn(Student(student), STEP, str(number), "x.py", "w", one.source)
            store.take_in([(given, 1)])
            kept = {"verdict": "wrong", "points": 1.5, "out_of": 3, "report": report(check())}
            store.keep(number, "g", kept)


def test_tries_and_extensions_are_each_students_own(tmp_path: Path) -> None:
    """Two attempts show more than one; an extension keeps back what the due date shows."""
    class_in(tmp_path)
    dial = Dial(Level.VERDICT, Level.HINT, {2: Level.WHERE})
    later = {("=bob", STEP): DUE + timedelta(days=2)}
    rules = Rules(due={STEP: DUE}, extensions=later, feedback=Feedback(dial))

    with open_store(tmp_path) as store:
        before = [one.report["checks"][0]["level"] for one in returned(store, (), rules, DUE)]
        after = [
            one.report["checks"][0]["level"]
            for one in returned(store, (), rules, DUE + timedelta(days=1))
        ]

        store.take_in([(handed(k, student="=bob"), 1) for k in (4, 5)])
        for number in (4, 5):
            store.keep(number, "g", {**graded(), "report": report(check())})
        tried = {one.student: one.tries for one in returned(store, (), rules, DUE)}

    assert tried == {"ada": 2, "=bob": 2}, "two files at once are one try"
    assert before == ["where", "verdict"]
    assert after == ["hint", "verdict"]


@pytest.mark.parametrize(
    ("rules", "lines"),
    [
        (Rules(), []),
        (Rules(closes={STEP: DUE}, marks={("=bob", STEP): Mark(2.25, "at the\nboard")}),
         ["Under the rules of the course: 2.25 of 3 points (set by hand)",
          r"Comment: at the\nboard"]),
        (Rules(closes={STEP: DUE}),
         ["Under the rules of the course: 0 of 3 points (handed in too late to count)"]),
        (Rules(due={STEP: DUE}, late=Late(0.5)),
         ["Under the rules of the course: 0.75 of 3 points (late)"]),
    ],
)  # fmt: skip
def test_what_counts_under_the_rules(tmp_path: Path, rules: Rules, lines: list[str]) -> None:
    """It stands beside the points of the answer, as in the gradebook, with why and a comment."""
    one = HandedIn(Student("=bob"), STEP, "1", "x.py", "w", b"", DUE + timedelta(hours=1))
    with open_store(tmp_path) as store:
        store.take_in([(one, 1)])
        kept = {"verdict": "wrong", "points": 1.5, "out_of": 3, "report": report(check())}
        store.keep(1, "g", kept)
        (found,) = returned(store, (), rules, DUE)

    assert as_text(found.report).split("\n")[2:-1][: len(lines)] == lines
    assert ("Under the rules" in as_text(found.report)) == bool(lines)


@pytest.mark.parametrize(
    ("run", "verdict", "said"),
    [
        (True, "crashed", "Mend the check “*before*” first."),
        (False, "crashed", "Not run: your file could not be loaded."),
        (False, "not_tried", "Mend the check “*before*” first."),
    ],
)
def test_why_a_check_says_nothing_itself(run: bool, verdict: str, said: str) -> None:
    """A file that cannot be loaded is no fault of the check before."""
    assert list(of_check(check(run=run, verdict=Verdict(verdict)))) == [said]


def test_the_command(tmp_path: Path) -> None:
    """A folder for each student, named in a table; what is kept back is in none of its files."""
    class_in(tmp_path / "out")
    rules = tmp_path / "course.toml"
    rules.write_text(
        f'[feedback]\nnow = "where"\nafter_due = "hint"\n[exercises.{STEP}]\n'
        "due = 2026-11-20T12:00:00Z\n", "utf-8",
    )  # fmt: skip
    words = ["feedback", str(tmp_path / "out"), "--rules", str(rules), "--out", str(tmp_path / "f")]

    ended = tracer(*words, "--at", "2026-11-20T11:00Z")

    assert ended.exit_code == 0
    assert ended.stdout == f"2 reports in {tmp_path / 'f'}\n"
    with (tmp_path / "f" / "students.csv").open(encoding="utf-8", newline="") as file:
        folders = {row["student"]: row["folder"] for row in csv.DictReader(file)}
    assert list(folders) == ["'=bob", "ada"]
    for folder in folders.values():
        for name in (f"{STEP}.json", f"{STEP}.txt"):
            text = (tmp_path / "f" / folder / name).read_text("utf-8")
            assert "*place*" in text or name.endswith("txt")
            assert "0.625" not in text
            assert "31337" not in text
    assert tracer(*words, "--at", "2026-11-21T11:00Z").exit_code == 0
    assert "31337" in (tmp_path / "f" / folders["ada"] / f"{STEP}.txt").read_text("utf-8")
    with open_store(tmp_path / "out") as store:
        store.take_in([(handed(9), 1)])
        store.keep_fault(4, "g", "ValueError: no")
    assert tracer(*words).exit_code == 0
    assert list((tmp_path / "f" / folders["ada"]).iterdir()) == [], "the last attempt is unknown"
    unruled = tracer("feedback", str(tmp_path / "out"), "--out", str(tmp_path / "g"))
    assert unruled.exit_code == 2
    assert "--rules FILE: the rules of the course say how much" in unruled.stderr
    assert "an empty file shows them everything" in " ".join(unruled.stderr.split())
    assert not (tmp_path / "g").exists()
    wrong = tracer(*words, "--at", "tomorrow")
    assert wrong.exit_code == 2
    assert "--at tomorrow: expected a date and time with its time zone" in wrong.stderr
