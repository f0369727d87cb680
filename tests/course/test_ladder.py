"""The whole ladder: read, checked in one go, its progress, begun anew, and hints of now."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

from tracer.cli import command_line
from tracer.course.handing_out import hand_out
from tracer.course.kept import Result as Kept
from tracer.course.kept import Work
from tracer.course.workbook import Workbook
from tracer.exercises.discovery import discover
from tracer.grading.report import Verdict
from tracer.view.parts.ladder import CheckedRow, Ladder, Rung, what_next
from tracer.view.parts.said import Said
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.ladder import checked, progress
from tracer.view.terminal.page import narrowed, page, sentences

ROOT = Path(__file__).parents[2]


def tracer(*words: str, columns: int = 80, typed: str = "") -> Result:
    """Run a command in this process."""
    runner = CliRunner(env={"COLUMNS": str(columns)})
    return runner.invoke(command_line, words, input=typed)


@pytest.fixture
def course(tmp_path: Path, three: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh workbook, which is also the working folder."""
    hand_out(tmp_path / "course", discover(three).good)
    monkeypatch.chdir(tmp_path / "course")
    return tmp_path / "course"


def test_an_evening(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One right, one that does not run, one untouched: the table, the progress, a hint of now."""
    monkeypatch.setattr(time, "strftime", lambda _form, _when: "2026-11-26 20:14")
    shutil.copy(ROOT / "solutions/10_rnn_step/rnn_step.py", course / "10_rnn_step")
    (course / "20_lstm_gates/lstm_gates.py").write_text("def lstm_gates(x,\n", "utf-8")

    table, progress = tracer("check", "--all"), tracer("progress")
    hints = [tracer("hint", "20").stdout for _ in range(2)]
    (course / "20_lstm_gates/lstm_gates.py").write_text("def lstm_gates(*_): return 3\n", "utf-8")
    record = json.loads(tracer("progress", "--format", "json").stdout)
    narrow = tracer("progress", columns=40).stdout
    hint = tracer("hint", "20").stdout

    assert table.exit_code == 1
    assert table.stdout == (
        "\n"
        "  ━━━━━━━━━━····················  1 of 3 passed\n"
        "\n"
        "  ✓ 10_rnn_step    13/13  passed\n"
        "  ✗ 20_lstm_gates   0/10  crashed      Your file is not valid Python:\n"
        "                                       SyntaxError: '(' was never closed\n"
        "  · 22_lstm_step    0/13  not started\n"
        "\n"
        "  Next: tracer check 20\n"
        "\n"
    )
    assert progress.stdout == (
        "\n"
        "  ━━━━━━━━━━····················  1 of 3 passed\n"
        "\n"
        "  ✓ 10_rnn_step    passed       2026-11-26 20:14  1 try\n"
        "  → 20_lstm_gates  crashed                        1 try\n"
        "  · 22_lstm_step   not checked\n"
        "\n"
        "  Next: tracer check\n"
        "\n"
    )
    assert hints[0] == hints[1]
    assert hints[0] == (
        "\n"
        "  Your file does not run yet: mend this first. No hint is used up.\n"
        "\n"
        "  Your file is not valid Python: SyntaxError: '(' was never closed\n"
        "  line 1 of lstm_gates.py: def lstm_gates(x,\n"
        "\n"
        "  When it is mended: tracer check 20\n"
        "\n"
    )
    assert record[0] == {
        "exercise": "10_rnn_step", "verdict": "passed", "passed": "2026-11-26 20:14", "tries": 1,
    }  # fmt: skip
    assert "  → 20_lstm_gates  crashed, changed sin…\n" in narrow
    assert max(map(len, narrow.splitlines())) <= 40
    assert "hint 1 of" in hint  # it was checked first: now there is a function, which is wrong
    assert Workbook.open(course).results["20_lstm_gates"].verdict is Verdict.WRONG


def test_all_and_one(course: Path) -> None:
    """A name beside --all, and a folder that is none, are refused."""
    named = tracer("check", "22", "--all")
    outside = [tracer(*words) for words in (["check", "--all"], ["progress"], ["reset", "22"])]
    os.chdir(course.parent)
    outside = [tracer(*words) for words in (["check", "--all"], ["progress"], ["reset", "22"])]

    assert named.stderr == "error: --all checks every exercise; leave out 22\n"
    assert {result.stderr for result in outside} == {
        "error: your exercises are one folder down, in course; first: cd course\n"
    }


def test_a_long_error_in_the_table() -> None:
    """Two lines of it at 80 columns, below the row at 40; the rest is said by the exercise."""
    row = CheckedRow("22_lstm_step", Verdict.CRASHED, 0, 13, "word " * 40)
    for width in (40, 60, 80, 120):
        lines = checked([row], what_next([row]), Abilities(width=width))
        shown = [line.plain for line in lines]

        assert max(map(len, shown)) <= width
        assert sum("word" in line for line in shown) == 2
        assert sum(line.endswith("…") for line in shown) == 1


def test_begun_anew(course: Path) -> None:
    """It asks; the old answers stay beside the file, and what was known of it is forgotten."""
    answer = course / "10_rnn_step/rnn_step.py"
    stub = answer.read_bytes()
    answer.write_text("first\n", "utf-8")
    book = Workbook.open(course)
    book.give_hint("10_rnn_step/batch", 2)
    book.give_hint("20_lstm_gates/batch", 1)

    no, nobody = tracer("reset", "10", typed="n\n"), tracer("reset", "10")
    assert answer.read_text("utf-8") == "first\n"
    yes = tracer("reset", "10", typed="y\n")
    assert answer.read_bytes() == stub
    answer.write_text("second\n", "utf-8")
    again = tracer("reset", "10", "--yes")
    nothing = tracer("reset", "10")
    answer.unlink()
    missing = tracer("reset", "10")

    assert (no.exit_code, nobody.exit_code) == (130, 2)
    assert nobody.stdout.endswith("[y/N]: \n")  # the error begins on a line of its own
    assert nobody.stderr == "error: nothing was reset; to reset it without a question: --yes\n"
    assert yes.stdout == (
        "Begin 10_rnn_step anew? Your answer is kept as rnn_step.old-1.py. [y/N]: y\n"
        "rnn_step.py is as it was handed out. Your answer is kept as rnn_step.old-1.py.\n"
    )
    assert again.stdout.endswith("Your answer is kept as rnn_step.old-2.py.\n")
    assert nothing.stdout == "rnn_step.py is as it was handed out; there is nothing to reset.\n"
    assert missing.stdout == "rnn_step.py is there again.\n"
    assert {p.name: p.read_bytes() for p in answer.parent.glob("*.py")} == {
        "rnn_step.py": stub, "rnn_step.old-1.py": b"first\n", "rnn_step.old-2.py": b"second\n",
    }  # fmt: skip
    assert Workbook.open(course).hints == {"20_lstm_gates/batch": 1}


def test_a_pass_that_was(course: Path) -> None:
    """What passed and is wrong now says both."""
    book = Workbook.open(course)
    book.kept.results["10_rnn_step"] = Kept(Verdict.WRONG, 3, "batch")
    book.kept.work["10_rnn_step"] = Work(2, 5, 4)
    (course / ".tracer/progress.json").write_text(book.kept.text(), "utf-8")

    shown = tracer("progress").stdout

    assert "→ 10_rnn_step    partly right  passed 1970-01-0" in shown
    assert "after 2 tries" in shown


def code_of(text: str) -> list[str]:
    """The lines of Python of a page, and what stands in its indented blocks."""
    lines, fenced = [], False
    for line in text.splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif fenced or line.startswith("    "):
            lines.append(line if fenced else line[4:])
    return lines


@pytest.mark.parametrize("path", sorted((ROOT / "exercises").glob("**/README.md")))
def test_a_page_fits(path: Path) -> None:
    """Every page, from 40 to 140 columns: code is never broken, and fits where there are 80."""
    text = path.read_text("utf-8")
    code = code_of(text)
    for width in (40, 60, 80, 140):
        shown = [line.plain for line in page(text, Abilities(width=width))]
        stripped = [line.strip() for line in shown]
        formulas = [re.split(r"(?<=\S) {3,}(?=\S)", line.strip())[0] for line in code]
        assert [line for line in formulas if not any(s.startswith(line) for s in stripped)] == []
        assert [line for line in shown if cell_len(line) > width and line.strip() not in text] == []
        if width >= 80:
            assert max(map(cell_len, shown)) <= width
            together = "\n".join(shown)
            assert [line for line in code if line.rstrip() not in together] == []
            inline = re.findall(r"^[^|\n]*[^`]`([^`\n]+)`", text, re.MULTILINE)
            assert [one for one in inline if one not in together] == []


def test_words_beside_formulas_come_nearer() -> None:
    """As far as is needed, all by as much, and never onto the formula."""
    block = [
        "logits = V h + b                  a score for each class",
        "probs = e^logits / (the sum)      softmax",
    ]

    assert narrowed(block, 80) == block
    assert narrowed(block, 44) == [
        "logits = V h + b              a score for",
        "                              each class",
        "probs = e^logits / (the sum)  softmax",
    ]
    assert narrowed(block, 20) == block
    table = ["t  word    size", "1  you     1.0   a remark that is too wide"]
    assert narrowed(table, 20) == table


def test_only_code_and_emphasis_are_markdown_in_a_hint() -> None:
    """Whatever else an author writes is shown as it stands."""
    for written, shown in (
        ("2. Is `c_prev` read *before* f*c + i*g?", "  2. Is c_prev read before f*c + i*g?"),
        ("<unk>, [h] and a_b_c # 1 \\ 2", "  <unk>, [h] and a_b_c # 1 \\ 2"),
        ("`d_h *= 1 - h**2` is *wrong*", "  d_h *= 1 - h**2 is wrong"),
    ):
        assert [line.plain for line in sentences(written, Abilities())] == [shown]


def test_all_code_of_a_page_begins_in_one_column() -> None:
    """Two columns nearer to the edge where one line of a page needs them, not that block alone."""
    short, long = "x = 1", "y = " + "1 + " * 17 + "1234"
    one, both = (
        [line.plain for line in page("\n\n".join(f"    {line}" for line in lines), Abilities())]
        for lines in ([short], [short, long])
    )

    assert one == ["", f"      {short}", ""]
    assert both == ["", f"    {short}", "", f"    {long}", ""]


def test_read(course: Path) -> None:
    """The next exercise, and one by its number; into a pipe without control codes."""
    following, named = tracer("read").stdout, tracer("read", "22").stdout

    assert following.startswith("\n  One step of the plain RNN\n  ─────────────────────────\n\n")
    assert "\n  Check it with tracer check 22." in named
    assert "\x1b" not in named
    assert tracer("read", "nothing").exit_code == 2
    assert course.is_dir()


@pytest.mark.parametrize(
    ("width", "told"),
    [
        (82, "partly right, changed since  passed 2026-11-26 20:14  after 12 tries"),
        (66, "partly right, changed since  passed before  12 tries"),
        (60, "partly right, changed since  passed before"),
        (45, "partly right, changed since"),
    ],
)
def test_where_there_is_little_room_the_time_goes_before_the_tries(width: int, told: str) -> None:
    """A row is never longer than the screen."""
    rung = Rung(
        "10_step", Verdict.WRONG, "partly right, changed since", following=False,
        passed="2026-11-26 20:14", tries=12,
    )  # fmt: skip

    lines = progress(Ladder((rung,), Said("")), Abilities(width=width))

    assert f"  ✗ 10_step  {told}" in [line.plain for line in lines]
