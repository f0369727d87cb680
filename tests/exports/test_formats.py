"""The results of a class, in the form that each course's system reads."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.gradebook.handing import SOLUTIONS, STEP, handed, record
from tests.grading.typed import tracer
from tracer.errors import FileError
from tracer.exercises.discovery import home
from tracer.exports.course import Course, Item
from tracer.exports.format import Wish
from tracer.exports.formats import canvas, moodle
from tracer.exports.registry import names
from tracer.gradebook.counting import Result, Row, without_lowest
from tracer.gradebook.handed import HandedIn, Student
from tracer.gradebook.store import open_store
from tracer.gradebook.workers import Grader, Job, outcome
from tracer.sandbox.process import PlainProcess
from tracer.view.export.gradebook_csv import write_class
from tracer.view.export.report_json import as_record

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SHOUTING = b"\nprint('::error::all is lost ##[section] <b>\\x1b[31m')\n"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of four: right; wrong and loud; a late stub; and a fault of the grader."""
    known = SOLUTIONS / STEP
    wrong = (known / "mistakes" / "no_tanh_on_c.py").read_bytes() + SHOUTING
    stub = (home() / STEP / "lstm_step.py").read_bytes()
    answers = [
        (Student("12", "Ada Lovelace", "ada@x.org"), (known / "lstm_step.py").read_bytes(), NOON),
        (Student("13", "=李雷\x07\ufffe", "+lilei@x.org"), wrong, NOON),
        (Student("14", "<b>O'Neil</b>"), stub, datetime(2026, 11, 21, 12, tzinfo=UTC)),
        (Student("15", "Max Broken"), b"pass", NOON),
    ]
    folder = tmp_path_factory.mktemp("results")
    grader = Grader(PlainProcess, as_record)
    with open_store(folder) as store:
        for student, source, time in answers:
            one = HandedIn(student, STEP, "1", "lstm_step.py", "here", source, time)
            store.take_in([(one, 7)])
        for number in (1, 2, 3):
            kept = store.submission(number).handed
            job = Job(number, home() / STEP, kept.file, kept.source, 7)
            grade = outcome(job, grader).grade
            assert grade is not None
            store.keep(number, "g", grade)
        store.keep_fault(4, "g", "it broke")
    return folder


@pytest.fixture
def rules(tmp_path: Path) -> str:
    """Due at noon; who was late has a mark by hand, with a comment that looks like a formula."""
    path = tmp_path / "rules.toml"
    path.write_text(
        f"[exercises.{STEP}]\ndue = 2026-11-20T12:00:00Z\n[late]\npercent = 10\n"
        f'[marks.14.{STEP}]\npoints = 4.5\ncomment = "at the <b>board</b>"\n',
        "utf-8",
    )
    return str(path)


def export(results: Path, *words: str) -> tuple[str, str]:
    """What is written to standard output, and to standard error."""
    ended = tracer("export", str(results), *words)
    assert ended.exit_code == 0, ended.output
    return ended.stdout, ended.stderr


def cells(text: str, separator: str = ",") -> list[list[str]]:
    """A table of CSV."""
    return list(csv.reader(StringIO(text), delimiter=separator))


def saved(path: Path, rows: Sequence[Sequence[str]], separator: str = ",") -> str:
    """A table that was downloaded."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=separator).writerows(rows)
    return str(path)


def test_every_file_is_a_format() -> None:
    """The list is the folder; the help describes each."""
    help_text = tracer("export", "--help").stdout

    assert {"canvas", "csv", "junit", "moodle", "nbgrader"} <= set(names())
    assert all(f"  {name} " in help_text for name in names())


def test_csv(results: Path, rules: str) -> None:
    """The same table as `tracer grade --csv` writes; formulas are written out."""
    table, _errors = export(results, "--to", "csv", "--rules", rules)

    assert cells(table) == [
        ["student", "name", "email", STEP, "points", "out_of", "comments"],
        ["14", "<b>O'Neil</b>", "", "4.5", "4.5", "13", f"{STEP}: at the <b>board</b>"],
        ["13", "'=李雷\\x07\\ufffe", "'+lilei@x.org", "6.5", "6.5", "13", ""],
        ["12", "Ada Lovelace", "ada@x.org", "13.0", "13.0", "13", ""],
        ["15", "Max Broken", "", "grader error", "grader error", "13", ""],
    ]


CANVAS = [
    ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "One LSTM step (77)",
     "Essay (78)", "Final Score"],
    ["    Points Possible", "", "", "", "", "13.00", "10.00", "(read only)"],
    ["Lovelace, Ada", "12", "s12", "ada", "A", "", "7.00", "53.8"],
    ["=li", "13", "s13", "li", "A", "3", "", ""],
    ["O'Neil", "99", "14", "oneil", "A", "EX", "", ""],
    ["Elsewhere, Eve", "98", "s98", "eve", "A", "2", "", ""],
]  # fmt: skip


def test_canvas(results: Path, rules: str, tmp_path: Path) -> None:
    """Into what was downloaded: points are filled in; who is excused, or not ours, stays."""
    into = saved(tmp_path / "canvas.csv", CANVAS, ";")

    table, errors = export(
        results, "--to", "canvas", "--into", into, "--rules", rules, "--column",
        "One LSTM step (77)",
    )  # fmt: skip

    wanted = [list(row) for row in CANVAS]
    wanted[2][5], wanted[3][5], wanted[3][0] = "13", "6.5", "'=li"
    assert cells(table, ";") == wanted
    assert "1 student is not in that table, and is left out: Max Broken" in errors
    assert "1 cell says that the student is excused or not concerned, and stays" in errors


def test_canvas_finds_students_column_by_column(tmp_path: Path) -> None:
    """A number is first an ID, whatever else it is; and no row is that of two students."""
    item = Item("22_b", "B", 9)
    one_step = [["Student", "ID", "SIS User ID", "Section", "B (7)"],
                ["a", "12", "13", "", ""], ["b", "98", "12", "", ""]]  # fmt: skip

    def filled(*keys: str) -> list[list[str]]:
        rows = tuple(Row(key, (Result("22_b", 9.0, 9, 1),)) for key in keys)
        students = {key: Student(key) for key in keys}
        course = Course((item,), rows, students, {}, lambda _number: {})
        table = StringIO()
        canvas.FORMAT.write(course, Wish(Path(saved(tmp_path / "c.csv", one_step))), table)
        return cells(table.getvalue())

    assert [row[4] for row in filled("12")] == ["B (7)", "9", ""]
    with pytest.raises(FileError, match=r"13 and 12 are the same row of .*c\.csv"):
        filled("12", "13")


def test_canvas_finds_the_column_by_its_title(results: Path, tmp_path: Path) -> None:
    """The title of the exercise is that of the assignment; else the error says what to type."""
    title = export(results, "--to", "canvas")[0].splitlines()[0].split(",")[-1]
    mine = [[c.replace("One LSTM step", title) for c in row] for row in CANVAS]

    table, _errors = export(results, "--to", "canvas", "--into", saved(tmp_path / "a.csv", mine))
    other = saved(tmp_path / "b.csv", [[c.replace("One LSTM", "No") for c in r] for r in CANVAS])
    ended = tracer("export", str(results), "--to", "canvas", "--into", other)

    assert [row[5] for row in cells(table)][2:] == ["13", "6.5", "EX", "2"]
    assert ended.exit_code == 2
    assert f"--exercise {STEP} --column 'No step (77)'" in ended.stderr


def test_a_new_canvas_table(results: Path) -> None:
    """Without a download: the columns that Canvas wants, and what each exercise gives."""
    head, possible, *rows = cells(export(results, "--to", "canvas")[0])

    assert head[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert possible == ["    Points Possible", "", "", "", "", "13"]
    assert [(row[0], row[1], row[5]) for row in rows] == [
        ("<b>O'Neil</b>", "14", "0"),
        ("'=李雷\\x07\\ufffe", "13", "6.5"),
        ("Ada Lovelace", "12", "13"),
        ("Max Broken", "15", ""),
    ]


MOODLE = [
    ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade",
     "Grade can be changed", "Last modified (submission)", "Last modified (grade)",
     "Feedback comments"],
    ["Participant 12", "Ada Lovelace", "ada@x.org", "Submitted", "", "13.00", "Yes", "-", "-", ""],
    ["Participant 13", "=1+1", "@x", "Submitted", "", "13.00", "Yes", "-", "-", ""],
    ["Participant 14", "O'Neil", "", "Submitted", "1", "13.00", "Yes", "-", "-", "kept"],
]  # fmt: skip


def test_moodle(results: Path, rules: str, tmp_path: Path) -> None:
    """The worksheet with grades and comments; what would be markup there is no markup."""
    into = saved(tmp_path / "moodle.csv", MOODLE)

    table, errors = export(results, "--to", "moodle", "--into", into, "--rules", rules)

    wanted = [list(row) for row in MOODLE]
    wanted[1][4], wanted[2][4], wanted[3][4] = "13", "6.5", "4.5"
    wanted[2][1:3] = ["'=1+1", "'@x"]
    wanted[3][9] = f"{STEP}: at the &lt;b&gt;board&lt;/b&gt;"
    assert cells(table) == wanted
    assert "Max Broken" in errors
    assert "participant's number" not in errors


def test_who_has_no_number_in_moodle(tmp_path: Path) -> None:
    """A class in folders: nobody is in the worksheet, and it is said why."""
    with open_store(tmp_path / "out") as store:
        store.take_in([(handed(1), 7), (handed(1, student="15"), 7)])
        for number in (1, 2):
            store.keep(number, "g", record())

    _table, errors = export(
        tmp_path / "out", "--to", "moodle", "--into", saved(tmp_path / "m.csv", MOODLE)
    )

    assert "2 students are not in that table" in errors
    assert "1 of them has no participant's number" in errors


def test_what_gives_other_points(results: Path, tmp_path: Path) -> None:
    """Moodle would leave out what is more than its maximum, so that is an error; or a share."""
    hundred = saved(
        tmp_path / "m.csv", [[cell.replace("13.00", "100,00") for cell in r] for r in MOODLE]
    )

    out = tmp_path / "out.csv"
    refused = tracer("export", str(results), "--to", "moodle", "--into", hundred, "--out", str(out))
    table, _errors = export(results, "--to", "moodle", "--into", hundred, "--scale")

    assert refused.exit_code == 2
    assert f"error: {STEP} gives 100 points in the course's system, and 13 here" in refused.stderr
    assert not out.exists()
    assert [row[4] for row in cells(table)] == ["Grade", "100", "50", "0"]


def test_a_maximum_that_moodle_names_otherwise(results: Path, tmp_path: Path) -> None:
    """Capital letters do not matter; where no maximum is found, a line says so, or an error."""
    named = [[c.replace("Maximum grade", "Maximum Grade") for c in row] for row in MOODLE]
    hundred = [[cell.replace("13.00", "100.00") for cell in row] for row in named]
    without = [[cell.replace("13.00", "-") for cell in row] for row in named]
    words = ("--to", "moodle", "--into", saved(tmp_path / "none.csv", without))

    refused = tracer(
        "export", str(results), "--to", "moodle", "--into", saved(tmp_path / "m.csv", hundred)
    )
    table, errors = export(results, *words)
    scaled = tracer("export", str(results), *words, "--scale")

    assert refused.exit_code == 2
    assert f"error: {STEP} gives 100 points in the course's system, and 13 here" in refused.stderr
    assert [row[4] for row in cells(table)] == ["Grade", "13", "6.5", "0"]
    assert "3 rows do not say how many points the assignment gives in Moodle" in errors
    assert "See in Moodle that it gives 13" in errors
    assert scaled.exit_code == 2
    assert "--scale: the table does not say how many points" in scaled.stderr


@pytest.mark.parametrize("most", ["17", "9", "8"])
@pytest.mark.parametrize(("name", "column"), [("canvas", "Final (503)"), ("moodle", "Grade")])
def test_sums_with_drop(tmp_path: Path, name: str, column: str, most: str) -> None:
    """Where something else is dropped of each, no maximum fits; each gets a share of it."""
    of = [Item("10_a", "A", 8), Item("22_b", "B", 9)]
    rows = tuple(
        Row(key, without_lowest([Result(i.name, p, i.points, 1) for i, p in earned], 1))
        for key, earned in (
            ("12", [*zip(of, (4.0, 0.0), strict=True)]), ("13", [*zip(of, (0.0, 9.0), strict=True)])
        )
    )  # fmt: skip
    students = {row.student: Student(row.student, "", "") for row in rows}
    course = Course(tuple(of), rows, students, {}, lambda _number: {})
    table = {
        "canvas": [["Student", "ID", "Section", column], ["    Points Possible", "", "", most],
                   ["a", "12", "A", ""], ["b", "13", "A", ""]],
        "moodle": [["Identifier", column, "Maximum grade", "Last modified (grade)"],
                   ["Participant 12", "", most, "-"], ["Participant 13", "", most, "-"]],
    }[name]  # fmt: skip
    into = Path(saved(tmp_path / "into.csv", table))
    form = {"canvas": canvas, "moodle": moodle}[name].FORMAT
    shares, plain = StringIO(), StringIO()

    with pytest.raises(FileError, match="are dropped: 8, 9"):
        form.write(course, Wish(into, column, scale=False), StringIO())
    form.write(course, Wish(into, column, scale=True), shares)
    write_class(rows, students, plain)

    place = table[0].index(column)
    assert [row[place] for row in cells(shares.getvalue())[-2:]] == [
        str(int(most) / 2).removesuffix(".0"),
        most,
    ]
    assert cells(plain.getvalue()) == [
        ["student", "name", "email", "10_a", "22_b", "points", "out_of", "dropped", "comments"],
        ["12", "", "", "4.0", "0.0", "4.0", "8", "22_b", ""],
        ["13", "", "", "0.0", "9.0", "9.0", "9", "10_a", ""],
    ]


def test_nbgrader(results: Path, rules: str) -> None:
    """A row for each exercise and student; who has no points has no row, and is told."""
    table, errors = export(results, "--to", "nbgrader", "--rules", rules)

    due, late = "2026-11-20 12:00:00", "2026-11-21 12:00:00"
    assert cells(table) == [
        ["assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
         "raw_score", "late_submission_penalty", "score", "max_score"],
        [STEP, due, late, "14", "", "<b>O'Neil</b>", "", "4.5", "0.0", "4.5", "13.0"],
        [STEP, due, due, "13", "", "'=李雷\\x07\\ufffe", "'+lilei@x.org", "6.5", "0.0", "6.5",
         "13.0"],
        [STEP, due, due, "12", "", "Ada Lovelace", "ada@x.org", "13.0", "0.0", "13.0", "13.0"],
    ]  # fmt: skip
    assert "1 result has no points" in errors


def test_junit(results: Path) -> None:
    """A suite a student, a case a check; nothing that XML cannot hold, and no build's command."""
    text, _errors = export(results, "--to", "junit")

    top = ET.fromstring(text)  # noqa: S314 - it is our own
    suites = {suite.get("name"): suite for suite in top}
    assert [*suites] == ["<b>O'Neil</b>", "=李雷\\x07\\ufffe", "Ada Lovelace", "Max Broken"]
    counted = [[s.get(k) for k in ("failures", "errors", "skipped")] for s in suites.values()]
    assert counted[2:] == [["0", "0", "0"], ["0", "1", "0"]]
    assert top.get("errors") == "1"
    cases = suites["Ada Lovelace"].findall("testcase")
    assert {case.get("classname") for case in cases} == {STEP}
    assert top.get("tests") == str(3 * len(cases) + 1)
    wrong = "".join(suites["=李雷\\x07\\ufffe"].itertext())
    assert r"| \x3a:error\x3a:all is lost \x23#[section] <b>\x1b[31m" in wrong
    assert "::error" not in [line.strip()[:7] for line in text.splitlines()]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--to", "csv", "--into", "x"), "--into: --to csv puts nothing into another file"),
        (("--to", "canvas", "--scale"), "--scale: add --into FILE"),
        (("--to", "moodle"), "--into FILE: Moodle takes only its own worksheet"),
        (("--to", "moodle", "--into", "{results}/gradebook.sqlite"), "cannot read"),
        (("--to", "canvas", "--into", "{rules}"), "has no column ID; its columns are"),
        (
            ("--to", "moodle", "--into", "{worksheet}", "--column", "Final"),
            "worksheet.csv is called Final; its columns are Identifier, Full name",
        ),
        (("--to", "moodle", "--into", "{worksheet}", "--column", "twice"), "2 columns of"),
        (("--to", "csv", "--exercise", "10"), "there is nothing to export"),
    ],
)
def test_what_cannot_be(
    results: Path, rules: str, tmp_path: Path, words: Sequence[str], error: str
) -> None:
    """Each error says what is wrong, and nothing is written."""
    rows = [[*row, "Twice", "Twice"] for row in MOODLE]
    worksheet = saved(tmp_path / "worksheet.csv", rows)
    given = [word.format(results=results, rules=rules, worksheet=worksheet) for word in words]

    ended = tracer("export", str(results), *given)

    assert (ended.exit_code, ended.stdout) == (2, "")
    assert error in ended.stderr


def test_exercises_of_ones_own(results: Path, tmp_path: Path) -> None:
    """Results know with which exercises they were graded: the rules may name those."""
    own, rules = tmp_path / "own", tmp_path / "course.toml"
    shutil.copytree(home() / STEP, own / "60_my_step")
    rules.write_text("[exercises.60_my_step]\ndue = 2026-11-20T12:00:00Z\n", "utf-8")
    filled, empty = tmp_path / "filled", tmp_path / "empty"
    shutil.copytree(results, filled)
    for folder in (filled, empty):
        with open_store(folder) as store:
            store.remember("exercises", str(own))

    exported = tracer("export", str(filled), "--to", "csv", "--rules", str(rules))
    graded = tracer("grade", "--out", str(empty), "--rules", str(rules))

    assert (exported.exit_code, graded.exit_code) == (0, 0)
    assert exported.stdout.startswith(f"student,name,email,60_my_step,{STEP},points,")


def test_nothing_is_written_beside_the_results(results: Path, tmp_path: Path) -> None:
    """Results are only read; where there are none, no folder is made."""
    before = {path: path.stat().st_mtime_ns for path in results.rglob("*")}

    export(results, "--to", "csv")
    ended = tracer("export", str(tmp_path / "none"), "--to", "csv")

    assert {path: path.stat().st_mtime_ns for path in results.rglob("*")} == before
    assert ended.exit_code == 2
    assert "there are no results in" in ended.stderr
    assert not (tmp_path / "none").exists()
