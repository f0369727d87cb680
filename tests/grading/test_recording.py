"""What is recorded of a run, and what is refused as a record."""

from __future__ import annotations

from array import array
from typing import Any

import numpy as np
import pytest

from tracer.grading.blame.among import Quantities
from tracer.grading.blame.finding import blamed
from tracer.grading.blame.occurring import Right
from tracer.grading.blame.recorded import Records
from tracer.sandbox.recording import MOST_RECORDS, Recorder, compiled


def test_a_gate_that_is_returned_as_lists_is_held_against_its_own_numbers() -> None:
    """``exp(z_f)`` occurs on the way to σ, but f itself is handed back."""
    source = "import numpy as np\n\n\ndef answer(z):\n    f = np.exp(z)\n    return f.tolist()\n"
    module: dict[str, Any] = {}
    exec(compiled(source.encode(), "answer.py"), module)  # noqa: S102 - our own code, just above
    recorder = Recorder(source.encode(), "answer.py")
    z = np.array([[0.5, -0.25], [0.125, 0.75]])
    recorder.run(module["answer"], z)
    right = 1 / (1 + np.exp(-z))
    known = np.unique([z, np.exp(z), right])

    records = Records(tuple(recorder.names), **recorder.table())
    found = blamed(records, Right(known, quantities=Quantities({"f": right})), {"return": ("f",)})

    assert found is not None
    assert (found.line, found.name) == (5, "f")


def test_an_array_of_which_nothing_is_computed_yet_is_no_value() -> None:
    """What stands in the memory that ``np.empty`` hands out is nobody's number."""
    body = "    h = np.empty(3)\n    h[:] = 0.5\n    return h\n"
    source = f"import numpy as np\n\n\ndef answer():\n{body}"
    module: dict[str, Any] = {}
    exec(compiled(source.encode(), "answer.py"), module)  # noqa: S102
    recorder = Recorder(source.encode(), "answer.py")
    recorder.run(module["answer"])

    assert [row[0] for row in recorder.rows] == [6, 7]


def test_statements_on_one_line_are_told_apart() -> None:
    """Python says which line runs; each of them reads what it reads, and no more."""
    body = "    i = 0.5; g = f / 4\n    if c: c = f * c; h = i + g\n    return h\n"
    source = f"def answer(f, c):\n{body}"
    module: dict[str, Any] = {}
    exec(compiled(source.encode(), "answer.py"), module)  # noqa: S102
    recorder = Recorder(source.encode(), "answer.py")
    recorder.run(module["answer"], np.array([0.25]), np.array([0.75]))

    records = Records(tuple(recorder.names), **recorder.table())
    names = [records.name(k) for k in range(len(records.rows))]
    assert names == ["i", "g", "c", "h", "return"]
    assert [records.lines(k) for k in range(5)] == [(2, 2), (2, 2), (3, 3), (3, 3), (4, 4)]
    assert {names[k]: {names[e] for e in records.read[k]} for k in (3, 4)} == {
        "h": {"i", "g"},
        "return": {"h"},
    }


def test_only_arrays_are_looked_after() -> None:
    """What a function returned before may be anything that can be made an array."""

    class Own(np.ndarray[Any, Any]):
        def tobytes(self, *_: object) -> bytes:
            raise AssertionError("it was called")

    source = "def answer(h):\n    h[0] = 5\n"
    module: dict[str, Any] = {}
    exec(compiled(source.encode(), "answer.py"), module)  # noqa: S102
    h = np.zeros(3)
    before = {
        "view": memoryview(h.data),
        "array": array("d", h),
        "own": h.view(Own),
        "number": h[0],
    }
    recorder = Recorder(source.encode(), "answer.py", before)

    recorder.run(module["answer"], h)

    assert recorder.wrote == {"own": 2}


def test_a_long_loop_ends_the_recording_and_not_the_answer() -> None:
    """An answer that counts to a million is recorded as far as there is room."""
    source = (
        "def answer():\n    s = 0.5\n    for _ in range(10**5):\n        s += 0.25\n    return s\n"
    )
    module: dict[str, Any] = {}
    exec(compiled(source.encode(), "answer.py"), module)  # noqa: S102
    recorder = Recorder(source.encode(), "answer.py")

    assert recorder.run(module["answer"]) == 25000.5
    assert len(recorder.rows) == MOST_RECORDS


@pytest.mark.parametrize(
    "broken",
    [
        {"rows": np.full((1, 10), -1)},
        {"rows": np.array([[1, 1, 0, 0, 9, 0, 0, 0, 0, 0]])},
        {"rows": np.array([[1, 1, 0, 0, 1, 0, 0, 0, 1, 2]])},
        {"rows": np.array([[1, 1, 0, 0, 1, 0, 0, 0, 1, 2**63 - 1]])},
        {"places": np.array([2**40])},
        {"given": np.array([[0, 0, 1, 0, 0]])},
        {"given": np.array([[0, 0, 0, 2**62, 2**62]])},
        {"rows": np.array([[1, 1, 5, 0, 1, 0, 0, 0, 0, 0]])},
        {"rows": np.zeros((1, 3), np.int64)},
        {"reads": np.array([[0, 7, 1]])},
    ],
)
def test_records_out_of_bounds_are_refused(broken: dict[str, Any]) -> None:
    """They come from the student's process, and may be anything."""
    good = {
        "rows": np.array([[1, 1, 0, 0, 1, 0, 0, 0, 0, 0]]),
        "reads": np.zeros((0, 3), np.int64),
        "numbers": np.zeros(1),
    }

    with pytest.raises(ValueError, match="record"):
        Records(("c",), **(good | broken))
