"""An answer that imports the student's own earlier ones, and what is said where they are wrong."""

from __future__ import annotations

import re
import runpy
import shutil
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from tests.grading.typed import tracer
from tracer import check
from tracer.course.earlier import read_answer
from tracer.course.handing_out import hand_out
from tracer.course.workbook import Workbook
from tracer.exercises.discovery import discover
from tracer.exercises.earlier import usable
from tracer.exercises.exercise import Exercise
from tracer.exercises.submission import Submission
from tracer.grading.report import Report
from tracer.grading.session import grade
from tracer.sandbox.frames import pack_note
from tracer.sandbox.process import How, Limits, PlainProcess, Run
from tracer.sandbox.walls import WALLS, wall
from tracer.view.export.report_json import as_record

STEP = "import numpy as np\ndef rnn_step(x, h_prev, U, W, a):\n    return {}\n"
RIGHT = STEP.format("np.tanh(x @ U.T + h_prev @ W.T + a)")
NO_BIAS = STEP.format("np.tanh(x @ U.T + h_prev @ W.T)")
STUB = "def rnn_step(*_):\n    raise NotImplementedError\n"
SLOW = RIGHT.replace(
    "    return",
    """    import time
    until = time.process_time() + 0.08
    for _ in iter(lambda: time.process_time() < until, False):
        pass
    return""",
)
FAILS = STEP.format("np.tanh(x @ U.T + h_prev @ W + b)")

UNROLL = """\
import numpy as np
from rnn_step import rnn_step

def rnn_unroll(x, h_0, U, W, a):
    h, states = h_0, []
    for x_t in x:
        h = rnn_step(x_t, {}, U, W, a)
        states.append(h)
    return np.stack(states)
"""
READS_H, READS_H_0 = UNROLL.format("h"), UNROLL.format("h_0")
CALL = "h = rnn_step(x_t, h, U, W, a)"
LIKE_IT = "h = np.tanh(x_t @ U.T + h @ W.T)"  # the same mistake
NAMES_IT = READS_H.replace(CALL, f"step = rnn_step; {LIKE_IT}")
CALLS_IT = READS_H.replace(CALL, f"unread = {CALL[4:]}; {LIKE_IT}")
AS_IT_LOADS = NAMES_IT + "\nrnn_step(*np.ones((2, 1, 1)), *np.ones((2, 1, 1)), np.ones(1))\n"
IMPORT = "from rnn_step import rnn_step\n"
BY_ITS_NAME = READS_H.replace(
    IMPORT, 'from importlib import import_module\nrnn_step = import_module("rnn_step").rnn_step\n'
)
IS_CALLED = "Your rnn_step (exercise 10), which is called here, does not pass its own"


class Wrong(NamedTuple):
    """Both answers, how the later one ends, and what a line says of the earlier one; or none."""

    step: str | None
    unroll: str
    verdict: str
    says: str


WRONG = (
    Wrong(NO_BIAS, READS_H, "wrong", "What rnn_unroll does with its numbers is right."),
    Wrong(NO_BIAS, READS_H_0, "wrong", IS_CALLED),
    Wrong(NO_BIAS, CALLS_IT, "wrong", IS_CALLED),
    Wrong(NO_BIAS, NAMES_IT, "wrong", ""),
    Wrong(NO_BIAS, AS_IT_LOADS, "wrong", ""),
    Wrong(NO_BIAS, READS_H.replace("= rnn_step(", "= np.dot("), "crashed", ""),
    Wrong(NO_BIAS, READS_H.replace("append(h)", "append(h + undefined)"), "crashed", IS_CALLED),
    Wrong(RIGHT, READS_H_0, "wrong", ""),
    Wrong(
        FAILS, READS_H, "crashed",
        "It was raised in your rnn_step.py, the answer to exercise 10. Correct it first.",
    ),
    Wrong(
        RIGHT, READS_H.replace("(x_t, h, U, W,", "(x_t, h, U.T, W,"), "crashed",
        "the answer to exercise 10, which passes its own checks. Look at what rnn_unroll calls it",
    ),
    Wrong(
        STUB, READS_H, "crashed",
        "rnn_step, of exercise 10, is not written yet. Write it first.",
    ),
    Wrong(
        "def rnn_step(*_):\n    while True: pass\n", READS_H, "timed_out",
        "inside the loop that begins at line 2 of rnn_step.py: while True: pass",
    ),
    Wrong(
        "import itertools\ndef rnn_step(*_):\n    for n in itertools.count(): pass\n", READS_H,
        "timed_out", "inside the loop that begins at line 3 of rnn_step.py: for n in",
    ),
    Wrong(
        RIGHT, READS_H.replace("in x:", "in iter(int, 1):").replace("x_t,", "x[0],"),
        "timed_out", "inside the loop that begins at line 6 of rnn_unroll.py: for x_t in",
    ),
    Wrong(SLOW, READS_H, "timed_out", "passes its own checks, but takes about 0."),
    Wrong("def rnn_step(:\n", READS_H, "crashed", "line 1 of rnn_step.py: def rnn_step(:"),
    Wrong("\0", READS_H, "crashed", "rnn_step.py is no text: there is a NUL byte in line 1."),
    Wrong("\udcff", READS_H, "crashed", "rnn_step.py cannot be read as utf-8: line 1 holds other"),
    Wrong(NO_BIAS, BY_ITS_NAME, "wrong", "What rnn_unroll does with its numbers is right."),
    Wrong(
        RIGHT, BY_ITS_NAME.replace('"rnn_step"', '"rnn" + "_step"'),
        "crashed", "rnn_step is your answer to exercise 10. It can be imported only where its",
    ),
    Wrong("", READS_H, "crashed", "Your rnn_step.py, the answer to exercise 10, defines no"),
    Wrong(
        RIGHT, READS_H.replace("from rnn", "from .rnn"),
        "crashed", "leave the dot out: from rnn_step import …",
    ),
    Wrong(RIGHT, f"import torch\n{READS_H}", "crashed", "and your answer to exercise 10, and"),
    Wrong(None, READS_H, "crashed", "rnn_step is your answer to exercise 10, and it is not"),
)  # fmt: skip


def graded(exercise: Exercise, step: str | None, unroll: str) -> Report:
    """The report on an unroll, beside which the step lies."""
    earlier = {}
    if step is not None:
        source = step.encode("utf-8", "surrogateescape")
        earlier["10_rnn_step"] = Submission("rnn_step.py", source)
    endless = re.search(r"while|iter", f"{step}{unroll}")
    limits = Limits(seconds=0.4) if endless else None
    submission = Submission("rnn_unroll.py", unroll.encode(), earlier)
    return grade(exercise, submission, seed=1, limits=limits)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.says[:30] or "its own fault")
def test_where_the_fault_lies(rnn_unroll: Exercise, wrong: Wrong) -> None:
    """The first check says it in one true sentence, and nothing where the step has no part in it.

    That it is named, or called and not read, does not make it the place where a number comes from.
    """
    report = graded(rnn_unroll, wrong.step, wrong.unroll)
    record = as_record(report)
    check = next(one for one in record["checks"] if one["verdict"] == wrong.verdict)
    stopped = check["trouble"]["said"] if check["trouble"] else []
    said = [line for remark in check["remarks"] for line in remark["said"]] + stopped

    assert report.verdict == wrong.verdict
    if wrong.says:
        assert any(wrong.says in line for line in said)
    else:
        assert not any("exercise 10" in line for line in said)
    if report.verdict == "wrong" and record["line"]:  # it is one of the file with the fault
        assert record["line"]["file"] == ("rnn_step.py" if wrong.says else "rnn_unroll.py")


BY_MODULE = READS_H.replace(IMPORT, "import rnn_step\n").replace("= rnn", "= rnn_step.rnn")
AS_AN_OBJECT = READS_H.replace("def rnn_unroll(", "class Unroll:\n  def __call__(self, ")
IN_A_SESSION = (
    (NO_BIAS, READS_H), (NO_BIAS, CALLS_IT), (NO_BIAS, NAMES_IT), (NO_BIAS, BY_MODULE),
    (NO_BIAS, f"{AS_AN_OBJECT}\nrnn_unroll = Unroll()\n"), (STUB, READS_H),
)  # fmt: skip


@pytest.mark.parametrize(("step", "unroll"), IN_A_SESSION)
def test_functions_of_a_session(
    rnn_unroll: Exercise, step: str, unroll: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the same answers, imported in a session, the same is said; and all stays as it was."""
    _can_be_imported(tmp_path, monkeypatch, step, unroll)
    answer = import_module("rnn_unroll")
    before = {**vars(answer)}, {**vars(import_module("rnn_step"))}

    in_session = check("13", answer, seed=1)
    of_file = as_record(
        grade(rnn_unroll, read_answer(rnn_unroll, tmp_path / "rnn_unroll.py"), seed=1)
    )

    assert _said(in_session.record) == _said(of_file)
    assert ("tracer check 10" in str(in_session.record["advice"])) is (unroll != NAMES_IT)
    if ";" not in unroll:  # what is loaded already is not compiled so that two are told apart
        assert in_session.record["line"] == of_file["line"]
    assert ({**vars(answer)}, {**vars(import_module("rnn_step"))}) == before


def test_a_script_that_checks_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It mostly lies beside the step, and is told that this one fails, as from anywhere else."""
    script = f"{CALLS_IT}\nfrom tracer import check\nchecked = check('13', rnn_unroll, seed=1)\n"
    _can_be_imported(tmp_path, monkeypatch, NO_BIAS, script)

    checked = runpy.run_path(str(tmp_path / "rnn_unroll.py"))["checked"]

    assert IS_CALLED in " ".join(str(checked).split())


MEANWHILE = READS_H.replace(
    "    h, states",
    """\
    ones = np.ones((2, 1, 1))
    kept.append(rnn_step)
    with ThreadPoolExecutor(1) as other:
        came.append(other.submit(rnn_step, *ones, *ones, np.zeros(1)).result())
    h, states""",
)


def test_the_rest_of_the_session_computes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another thread, and what is kept of a function, never have the numbers of one exchanged."""
    begin = "from concurrent.futures import ThreadPoolExecutor\nkept, came = [], []\n"
    _can_be_imported(tmp_path, monkeypatch, NO_BIAS, begin + MEANWHILE)
    answer = import_module("rnn_unroll")

    said = str(check("13", answer, seed=1))

    ones = np.ones((2, 1, 1))
    own, *later = [
        step(*ones, *ones, np.zeros(1)).item()
        for step in (import_module("rnn_step").rnn_step, *answer.kept)
    ]
    assert "What rnn_unroll does with its numbers is right." in " ".join(said.split())
    assert len(set(answer.kept)) > 1
    assert {number.item() for number in answer.came} | set(later) == {own}


def _can_be_imported(folder: Path, monkeypatch: pytest.MonkeyPatch, step: str, unroll: str) -> None:
    for name, text in (("rnn_step", step), ("rnn_unroll", unroll)):
        (folder / f"{name}.py").write_text(text, "utf-8")
        monkeypatch.setitem(sys.modules, name, pytest)  # none of that name, here and afterwards
        del sys.modules[name]
    monkeypatch.syspath_prepend(folder)


def _said(record: dict[str, Any]) -> list[Any]:
    return [
        (check["points"], check["verdict"], check["remarks"], check["trouble"])
        for check in record["checks"]
    ]


class Hourglass(PlainProcess):
    """A wall that notes what time is left, and says that each process used so many seconds."""

    def __init__(self, used: float) -> None:
        super().__init__()
        self.used = used
        self.left: list[float] = []

    def run(self, source: bytes, file: str, request: bytes, limits: Limits, longest: float) -> Run:
        """As the other does it, or as it does it where no time is left."""
        self.left.append(longest)
        run = super().run(source, file, request, limits, max(longest, 1.0))
        if not longest:  # loaded, and stopped at the first check
            run = replace(run, how=How.SPENT, response=pack_note("ready", {"apart": False}))
        return replace(run, used=run.used._replace(seconds=self.used))


@pytest.mark.parametrize(("used", "said"), [(1.0, True), (200.0, False)])
def test_one_budget_of_time(rnn_unroll: Exercise, used: float, *, said: bool) -> None:
    """All share it; what is left unfinished for want of time is not called wrong."""
    wall = Hourglass(used)
    earlier = {"10_rnn_step": Submission("rnn_step.py", NO_BIAS.encode())}
    submission = Submission("rnn_unroll.py", READS_H.encode(), earlier)

    report = grade(rnn_unroll, submission, seed=1, wall=wall)

    assert wall.left[0] == Limits().budget
    assert wall.left[1:] == [max(0.0, left - used) for left in wall.left[:-1]]
    assert bool(report.checks[0].remarks) is said


@pytest.mark.parametrize("name", [n for n, kind in WALLS.items() if not kind.trouble()])
def test_it_is_imported_behind_every_wall(rnn_unroll: Exercise, name: str) -> None:
    """As source, which no path leads to; nothing of it is left from check to check."""
    counts = RIGHT.replace("def", "calls = []\ndef", 1).replace("return", "calls.append(1); return")
    counts += "    \n"
    unroll = READS_H.replace(
        "    return", "    assert len(calls) in (len(x), 2 * len(x))\n    return"
    )
    unroll = unroll.replace("import rnn_step", "import rnn_step, calls")
    earlier = {"10_rnn_step": Submission("rnn_step.py", counts.encode())}
    submission = Submission("rnn_unroll.py", unroll.encode(), earlier)

    report = grade(rnn_unroll, submission, wall=wall(name))

    assert report.verdict == "passed"


def test_where_it_lies(tmp_path: Path, solutions: Path, rnn_unroll: Exercise) -> None:
    """In the folder of its exercise; of a file somewhere else, beside it. A change is noticed."""
    work = tmp_path / "work"
    hand_out(work, [e for e in discover().good if e.number in ("10", "13")])
    shutil.copy(solutions / "10_rnn_step" / "rnn_step.py", work / "10_rnn_step" / "rnn_step.py")
    (work / "13_rnn_unroll" / "rnn_unroll.py").write_text(READS_H)
    (tmp_path / "13.py").write_text(READS_H)
    (tmp_path / "rnn_step.py").write_text(NO_BIAS)

    inside = tracer("check", str(work / "13_rnn_unroll" / "rnn_unroll.py"))
    beside = read_answer(rnn_unroll, tmp_path / "13.py")
    before = [row["changed"] for row in _listed(work)]
    (work / "10_rnn_step" / "rnn_step.py").write_text(NO_BIAS)
    after = [row["changed"] for row in _listed(work)]
    hint = tracer("hint", str(work / "13_rnn_unroll" / "rnn_unroll.py"))
    (work / "10_rnn_step" / "rnn_step.py").unlink()
    gone = tracer("check", str(work / "13_rnn_unroll" / "rnn_unroll.py"))
    no_hint = tracer("hint", str(work / "13_rnn_unroll" / "rnn_unroll.py"))

    for shown in (gone, no_hint):
        assert f"To restore rnn_step.py: tracer init {work}" in " ".join(shown.stdout.split())
    said = " ".join(hint.stdout.split())
    assert said.endswith("No hint is used up. For a hint to that: tracer hint 10")
    assert Workbook.open(work).hints == {}
    assert inside.exit_code == 0
    assert beside.earlier["10_rnn_step"].source == NO_BIAS.encode()
    assert (before, after) == ([False] * 2, [False, True])


def test_an_earlier_answer_of_an_earlier_one(tmp_path: Path, solutions: Path) -> None:
    """An answer may import it as well; what is wrong with it is said of the one that imports it."""
    exercise = next(e for e in discover().good if e.number == "23")
    unroll = (solutions / "23_lstm_unroll" / "lstm_unroll.py").read_text("utf-8")
    step = "from lstm_gates import lstm_gates\nfrom cell_update import cell_update\n"
    for name, text in (
        ("23.py", f"from cell_update import cell_update\nfrom lstm_step import x\n{unroll}"),
        ("lstm_step.py", f"{step}x = 1\n"),
        ("cell_update.py", "def cell_update(): ..."),
        ("lstm_gates.py", "#" * 2**21),
    ):
        (tmp_path / name).write_text(text, "utf-8")

    report = grade(exercise, read_answer(exercise, tmp_path / "23.py"), seed=1)

    said = as_record(report)["checks"][0]["trouble"]["said"]
    assert said[2:6] == [
        "It was raised in your lstm_step.py, the answer to exercise 22.",
        "line 1 of lstm_step.py: from lstm_gates import lstm_gates",
        "lstm_gates is your answer to exercise 20. Its file is there, but:",
        ("lstm_gates.py cannot be read: it has more than 1048576 bytes, the most of an answer."),
    ]
    (tmp_path / "lstm_gates.py").write_text("lstm_gates = 1", "utf-8")
    assert grade(exercise, read_answer(exercise, tmp_path / "23.py"), seed=1).verdict == "passed"


def test_no_page_tells_to_import_what_is_not_there() -> None:
    """What a page says that an answer may import, the exercise uses."""
    for exercise in discover().good:
        text = (exercise.folder / "README.md").read_text("utf-8")
        told = set(re.findall(r"`from\s+(\w+)\s+import", text)) - {"numba"}

        assert told <= {one.module for one in usable(exercise)}


def _listed(work: Path) -> list[dict[str, bool]]:
    from tracer.course.workbook import Workbook

    book = Workbook.open(work)
    return [{"changed": book.changed(e)} for e in discover().good if e.number in ("10", "13")]
