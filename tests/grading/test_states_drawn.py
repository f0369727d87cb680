"""A sentence step by step: the student's cells beside the right ones, the first wrong marked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from tracer.equations import Kind
from tracer.exercises.discovery import discover, find
from tracer.exercises.submission import Submission
from tracer.grading.report import Report
from tracer.grading.session import grade
from tracer.view.parts.said import Said
from tracer.view.parts.unrolled import SideBySide, StateRow
from tracer.view.terminal.console import Abilities, ascii_line
from tracer.view.terminal.drawing.unrolled import side_by_side
from tracer.view.terminal.report import screen

BESIDE = """\
  Sentence 0 step by step, drawn as tracer show draws it:

                yours                right
          unit   0        1           0        1
    t = 0  h_0  +▲ 1.25  +█ 0.98     +▲ 1.25  +█ 0.98
    t = 1  h    +▇ 0.77  -▅-0.62     +▇ 0.77  -▅-0.62
    t = 2  h    -▁-0.05◀ -▄-0.41≠    -▂-0.22  +█ 0.96
    t = 3  h    +▆ 0.67≠ -▅-0.59≠    +▇ 0.76  +▁ 0.12
    ◀ the first wrong number   ≠ not right either
"""
BELOW = """\
                 unit   0        1
    t = 0  h_0         +^ 1.25  +9 0.98
    t = 1  h    yours  +7 0.77  -6-0.62
                right  +7 0.77  -6-0.62
    t = 2  h    yours  -0-0.05< -4-0.41!
                right  -2-0.22  +9 0.96
    t = 3  h    yours  +6 0.67! -5-0.59!
                right  +7 0.76  +1 0.12
    < the first wrong number   ! not right either
"""
LSTM = """\
import numpy as np

def lstm_unroll(x, lengths, h_0, c_0, U, W, a):
    h, c, H, hs, cs = h_0, c_0, h_0.shape[1], [], []
    for t in range(len(x)):
        z = x[t] @ U.T + h @ W.T + a
        i, f, o = (1 / (1 + np.exp(-z[:, k * H : (k + 1) * H])) for k in (0, 1, 3))
        g = np.tanh(z[:, 2 * H : 3 * H])
        c_t = f * c + i * g
        go = (t < lengths)[:, None]
        h, c = np.where(go, o * np.tanh(c_t), h), np.where(go, c_t, c)
        hs.append(h)
        cs.append(c)
    return np.array(hs), {}
"""


def on(number: str, answer: Path | str, seed: int = 4) -> Report:
    """The report on a known mistake, or on a text."""
    exercise = find(number, discover().good)
    if isinstance(answer, str):
        return grade(exercise, Submission(exercise.file, answer.encode()), seed=seed)
    return grade(exercise, Submission.read(answer), seed=seed)


def drawn(report: Report, able: Abilities) -> str:
    """The picture in a screen, from its title to its marks."""
    lines = [line if able.unicode else ascii_line(line) for line in screen(report, able)]
    assert max(cell_len(line.plain) for line in lines if "Look at" not in line.plain) <= able.width
    text = "\n".join(line.plain for line in lines)
    found = re.search(r"^  Sentence .* step by step(.|\n)*?first wrong.*\n", text, re.MULTILINE)
    return "" if found is None else found[0]


@pytest.fixture(scope="module")
def wrong() -> Report:
    """An RNN whose every step begins with h_0."""
    root = Path(__file__).parents[2] / "solutions" / "13_rnn_unroll" / "mistakes"
    return on("13", root / "h_0_at_every_step.py")


def test_the_cells_of_both(wrong: Report) -> None:
    """Beside each other where there is room, below each other where not; also in ASCII."""
    assert drawn(wrong, Abilities(width=80)) == BESIDE
    assert drawn(wrong, Abilities(width=50, unicode=False)).endswith(BELOW)


@pytest.mark.parametrize(
    ("off", "yours", "right"),
    [(0.1, "0.87", "0.97"), (0.002, "0.967", "0.969"), (0.000001, "0.97", "0.97")],
)
def test_as_many_decimals_as_tell_both_apart(off: float, yours: str, right: str) -> None:
    """Four at most; two, where four do not tell them apart."""
    came, wanted = (0.969 - off, 0.5), (0.969, 0.5)
    row = StateRow(1, "h", "h", Kind.INFORMATION, 1.0, came, wanted, (True, False), first=0)
    part = SideBySide(Said("Sentence 0:"), 0, (row,), 0, ())

    text = "\n".join(line.plain for line in side_by_side(part, Abilities(width=60)))

    assert re.findall(r"0\.\d+(?=◀)", text) == [yours]
    assert text.count(right) == 1 + (yours == right)


@pytest.mark.parametrize("width", [40, 60, 120])
def test_the_wrong_unit_is_always_seen(wrong: Report, width: int) -> None:
    """However narrow the screen is."""
    assert "◀" in drawn(wrong, Abilities(width=width))


def test_numbers_that_are_none(solutions: Path) -> None:
    """A NaN is drawn, and of many steps only those around the first wrong one."""
    right = (solutions / "13_rnn_unroll" / "rnn_unroll.py").read_text("utf-8")
    late = right.replace(
        "states.append(h)",
        "h = h * np.where(len(states) == 3, np.nan, 1.0)\n        states.append(h)",
    )

    picture = drawn(on("13", late), Abilities(width=80))

    assert re.findall(r"t = (\d+)", picture) == ["3", "4", "5"]
    assert re.search(r"t = 4  h  +yours  ××  NaN◀", picture)


def test_both_states_of_an_lstm() -> None:
    """In the order of computing; a sentence that is over is said to be."""
    wrong = LSTM.replace("h, c = np.where(go, o", "h, c = np.where(go | True, o")

    picture = drawn(on("23", wrong.format("np.array(cs)")), Abilities(width=100))

    assert re.findall(r"t = 0 +(\w+)|\n {11}(\w+)", picture)[:2] == [("c_0", ""), ("", "h_0")]
    assert picture.count("◀") == 1 + 1  # in the row, and its meaning
    report = on("23", LSTM.format("np.array(cs)[:, :1]"))
    assert drawn(report, Abilities()) == ""  # another shape: nothing to stand beside
