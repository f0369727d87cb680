"""What is kept from one submission for the next saves time, and changes no report."""

from __future__ import annotations

from functools import partial

import pytest

from tracer.corpus.inside import InThisProcess
from tracer.exercises.exercise import Exercise
from tracer.exercises.submission import Submission
from tracer.grading import diagnosing
from tracer.grading import kept as kept_numbers
from tracer.grading.kept import Kept, Table
from tracer.grading.session import grade
from tracer.view.export.report_json import as_record

SLIP = (
    "import numpy as np\ndef rnn_step(x, h_prev, U, W, a):\n    return x @ U.T + h_prev @ W.T + a"
)
OTHER = (
    "import numpy as np\ndef rnn_step(x, h_prev, U, W, a):\n    return np.tanh(h_prev @ W.T + a)"
)


def test_the_same_wrong_numbers_are_searched_once(
    rnn_step: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of three students two make the same slip; each has the report that it has by itself."""
    searches = []
    search = diagnosing._search

    def counted(*given: object) -> object:
        searches.append(given)
        return search(*given)  # type: ignore[arg-type]

    def record(text: str, kept: Kept | None, seed: int = 7) -> dict[str, object]:
        answer = Submission("rnn_step.py", f"{text}\n".encode())
        report = grade(rnn_step, answer, seed=seed, wall=InThisProcess(), kept=kept)
        return {**as_record(report), "seconds": None}

    alone = [record(SLIP, None), record(OTHER, None), record(SLIP, None, seed=8)]
    monkeypatch.setattr(diagnosing, "_search", counted)
    kept = Kept()

    together = [record(SLIP, kept), record(OTHER, kept), record(f"{SLIP}  # mine", kept)]
    with_another_seed = record(SLIP, kept, seed=8)

    assert together[:2] == alone[:2]
    assert together[2]["diagnosis"] == alone[0]["diagnosis"]
    assert with_another_seed == alone[2]
    assert len(searches) == 3


def test_what_is_kept_is_bounded(rnn_step: Exercise) -> None:
    """Of a hundred values the last three are kept; what is asked for again stays."""
    made: list[int] = []
    table: Table[int] = Table(3)

    def value(n: int) -> int:
        made.append(n)
        return n

    for n in range(100):
        assert table.of(rnn_step, n, partial(value, n)) == n
        assert table.of(rnn_step, 0, partial(value, 0)) == 0

    assert made == list(range(100))
    assert len(table) == 3


def test_the_bytes_that_are_kept_are_bounded(
    rnn_step: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What grows after it was asked for counts as well; what is too large alone is forgotten."""
    monkeypatch.setattr(kept_numbers, "BYTES", 10)
    table: Table[bytearray] = Table(64, len)
    first = table.of(rnn_step, 0, bytearray)
    table.of(rnn_step, 1, lambda: bytearray(4))
    assert table.of(rnn_step, 0, bytearray) is first

    first += bytes(8)
    table.of(rnn_step, 2, bytearray)
    assert len(table) == 2
    table.of(rnn_step, 3, lambda: bytearray(11))
    assert len(table) == 0


def test_what_is_right_counts(rnn_step: Exercise) -> None:
    """Not only what an answer is given, but all that the equations give for it."""
    kept = Kept()
    answer = Submission("rnn_step.py", f"{SLIP}\n".encode())

    made = kept.tasks(rnn_step, 7, InThisProcess())
    before = kept_numbers._bytes(made)
    grade(rnn_step, answer, seed=7, wall=InThisProcess(), kept=kept)

    right = {id(a): a.nbytes for task in made for of in task.known.values() for a in of.values()}
    given = {id(a) for task in made for of in task.case.rounds for a in of.values()}
    more = sum(size for where, size in right.items() if where not in given)
    assert kept_numbers._bytes(made) == before + more > before
