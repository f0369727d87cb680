"""The line to look at, found from what a student's variables became.

Each answer below is right; one line of it is changed at a time, and that line has to be named.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tracer.grading.blame.finding import blamed
from tracer.grading.blame.line import Blame, Why
from tracer.grading.blame.occurring import Right, right_numbers
from tracer.grading.blame.recorded import Records
from tracer.program import program_of
from tracer.sandbox.recording import MOST_RECORDS, Recorder

STEP = """\
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def answer(x, h_prev, c_prev, U, W, a):
    H = h_prev.shape[1]
    z = x @ U.T + h_prev @ W.T + a
    z_i = z[:, :H]
    z_f = z[:, H:2 * H]
    z_g = z[:, 2 * H:3 * H]
    z_o = z[:, 3 * H:]
    i = sigmoid(z_i)
    f = sigmoid(z_f)
    g = np.tanh(z_g)
    o = sigmoid(z_o)
    kept = f * c_prev
    written = i * g
    c = kept + written
    t = np.tanh(c)
    h = o * t
    return h, c
"""

LOOPS = """\
import math

import numpy as np


def answer(x, h_prev, c_prev, U, W, a):
    N, H = h_prev.shape
    h, c = np.zeros((N, H)), np.zeros((N, H))
    for n in range(N):
        for k in range(H):
            z = []
            for gate in range(4):
                row = gate * H + k
                s = a[row]
                for d in range(len(x[n])):
                    s += U[row, d] * x[n, d]
                for j in range(H):
                    s += W[row, j] * h_prev[n, j]
                z.append(s)
            i = 1 / (1 + math.exp(-z[0]))
            f = 1 / (1 + math.exp(-z[1]))
            g = math.tanh(z[2])
            o = 1 / (1 + math.exp(-z[3]))
            c[n, k] = f * c_prev[n, k] + i * g
            h[n, k] = o * math.tanh(c[n, k])
    return h, c
"""

BACK = """\
import numpy as np


def answer(d_h, d_c_from_next, x, h_prev, c_prev, i, f, g, o, c, U, W):
    t = np.tanh(c)
    d_o = d_h * t
    d_c = d_c_from_next + d_h * o * (1 - t ** 2)
    d_f = d_c * c_prev
    d_i = d_c * g
    d_g = d_c * i
    d_c_prev = d_c * f
    d_z_i = d_i * i * (1 - i)
    d_z_f = d_f * f * (1 - f)
    d_z_g = d_g * (1 - g ** 2)
    d_z_o = d_o * o * (1 - o)
    d_z = np.hstack([d_z_i, d_z_f, d_z_g, d_z_o])
    d_x = d_z @ U
    d_h_prev = d_z @ W
    d_U = d_z.T @ x
    d_W = d_z.T @ h_prev
    d_a = d_z.sum(axis=0)
    return d_x, d_h_prev, d_c_prev, d_U, d_W, d_a
"""

KEPT = """\
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def answer(x, h_prev, c_prev, U, W, a):
    q = {"z": x @ U.T + h_prev @ W.T + a}
    q["z_i"], q["z_f"], q["z_g"], q["z_o"] = np.split(q["z"], 4, axis=1)
    q["i"] = sigmoid(q["z_i"])
    q["f"] = sigmoid(q["z_f"])
    q["g"] = np.tanh(q["z_g"])
    q["o"] = sigmoid(q["z_o"])
    q["c"] = q["f"] * c_prev
    q["c"] += q["i"] * q["g"]
    q["h"] = q["o"] * np.tanh(q["c"])
    return q["h"], q["c"]
"""

ARGUMENTS = {
    KEPT: "x h_prev c_prev U W a",
    STEP: "x h_prev c_prev U W a",
    LOOPS: "x h_prev c_prev U W a",
    BACK: "d_h d_c_from_next x h_prev c_prev i f g o c U W",
}
RETURNS = {KEPT: "h c", STEP: "h c", LOOPS: "h c", BACK: "d_x d_h_prev d_c_prev d_U d_W d_a"}

WRONG = {
    STEP: [
        ("-z)", "z)"), ("1 + np", "1 - np"), ("+ a", "- a"), (" + a", ""),
        ("h_prev @ W.T", "c_prev @ W.T"), ("[:, :H]", "[:, H:2 * H]"),
        ("z[:, H:2 * H]", "z[:, 2 * H:3 * H]"), ("i = sigmoid(z_i)", "i = sigmoid(z_f)"),
        ("f = sigmoid(z_f)", "f = np.tanh(z_f)"), ("g = np.tanh(z_g)", "g = sigmoid(z_g)"),
        ("np.tanh(z_g)", "np.maximum(z_g, 0)"), ("o = sigmoid(z_o)", "o = z_o"),
        ("f * c_prev", "f + c_prev"), ("f * c_prev", "f * h_prev"),
        ("f * c_prev", "(1 - f) * c_prev"), ("i * g", "i + g"),
        ("kept + written", "kept - written"), ("kept + written", "kept * written"),
        ("kept + written", "np.tanh(kept + written)"), ("np.tanh(c)", "np.tanh(c_prev)"),
        ("np.tanh(c)", "np.tanh(kept)"), ("o * t", "i * t"), ("o * t", "t"),
        ("return h, c", "return c, h"),
    ],
    KEPT: [
        ("-z)", "z)"), ("+ a}", "- a}"), ('sigmoid(q["z_i"])', 'q["z_i"]'),
        ('sigmoid(q["z_f"])', 'np.tanh(q["z_f"])'), ('np.tanh(q["z_g"])', 'sigmoid(q["z_g"])'),
        ('np.tanh(q["z_g"])', 'np.tanh(np.tanh(q["z_g"]))'),
        ('sigmoid(q["z_o"])', '2 * sigmoid(q["z_o"])'), ("* c_prev", "+ c_prev"),
        ('+= q["i"]', '-= q["i"]'), ('np.tanh(q["c"])', 'q["c"]'),
        ('return q["h"], q["c"]', 'return q["c"], q["h"]'),
    ],
    LOOPS: [
        ("U[row, d] * x[n, d]", "U[row, d] - x[n, d]"),        ("-z[1]", "z[1]"),
        ("math.tanh(z[2])", "z[2]"), ("f * c_prev[n, k] +", "f * c_prev[n, k] -"),
        ("f * c_prev[n, k]", "f * c_prev[0, k]"), ("o * math.tanh(c[n, k])", "o * c[n, k]"),
    ],
    BACK: [
        ("d_c_from_next + d_h", "d_h"), ("(1 - t ** 2)", "(1 - c ** 2)"), ("d_h * t", "d_h * c"),
        ("d_c * c_prev", "d_c * c"), ("d_c * g", "d_c * i"), ("d_c * i\n", "d_c_from_next * i\n"),
        ("d_c * f\n", "d_c\n"), ("i * (1 - i)", "(1 - i)"), ("f * (1 - f)", "f"),
        ("(1 - g ** 2)", "(1 - np.tanh(g) ** 2)"), ("d_o * o * (1", "d_o + o * (1"),
        ("- i)", "+ i)"), ("d_z @ W", "2 * d_z @ W"), ("d_z.T @ h_prev", "d_z.T @ c_prev"),
        ("d_z.T @ x", "-(d_z.T @ x)"), ("sum(axis=0)", "mean(axis=0)"),
        ("d_o * o * (1 - o)", "d_o"), ("d_g * (1 - g ** 2)", "d_g"),
    ],
}  # fmt: skip
CASES = [(right, old, new) for right, changes in WRONG.items() for old, new in changes]


def numbers() -> tuple[dict[str, Any], dict[str, Any]]:
    """What a step is given, and everything the list computes of it, without the axis of steps."""
    generator = np.random.default_rng(3)
    N, D, H = 3, 5, 4
    shapes = {
        "x": (1, N, D), "h_0": (N, H), "c_0": (N, H), "U": (4 * H, D), "W": (4 * H, H),
        "a": (4 * H,), "d_h_from_loss": (1, N, H), "d_c_T": (N, H),
    }  # fmt: skip
    given = {name: 0.8 * generator.normal(size=shape) for name, shape in shapes.items()}
    program = program_of("lstm")
    right = given | program.run(given)
    return given, {
        name: array[0] if program.names[name][:1] == ("T",) else array
        for name, array in right.items()
    }


def blame(source: str, right: str) -> Blame | None:
    """The line that is named."""
    given, values = numbers()
    module: dict[str, Any] = {}
    exec(compile(source, "answer.py", "exec"), module)  # noqa: S102 - our own code, just above
    recorder = Recorder(source.encode(), "answer.py")
    recorder.run(module["answer"], *(np.array(values[n]) for n in ARGUMENTS[right].split()))
    records = Records(tuple(recorder.names), **recorder.table())
    numbers_of_it = right_numbers(program_of("lstm"), given, {}, ())
    returned = {f"return[{n}]": (name,) for n, name in enumerate(RETURNS[right].split())}
    return blamed(records, numbers_of_it, returned)


@pytest.mark.parametrize(
    "right", [STEP, KEPT, LOOPS, BACK], ids=["step", "kept", "loops", "backward"]
)
def test_no_line_of_a_right_answer_is_named(right: str) -> None:
    """Whatever a right answer computes on its way, it ends well."""
    assert blame(right, right) is None


@pytest.mark.parametrize(("right", "old", "new"), CASES, ids=[f"{o} as {n}" for _, o, n in CASES])
def test_the_line_that_was_changed_is_named(right: str, old: str, new: str) -> None:
    """One line is wrong, and it is that line."""
    wrong = right.replace(old, new, 1)
    lines = zip(right.splitlines(), wrong.splitlines(), strict=True)
    changed = [n for n, (before, after) in enumerate(lines, 1) if before != after]

    found = blame(wrong, right)

    assert found is not None
    assert [found.line] == changed


def test_what_is_right_before_the_line_is_named_with_its_lines() -> None:
    """So that a student knows from where on to look."""
    found = blame(STEP.replace("kept + written", "kept - written"), STEP)

    assert found is not None
    assert (found.name, found.line) == ("c", 21)
    assert dict(found.right)["f"] == 16
    assert "t" not in dict(found.right)


def test_numbers_of_another_quantity_are_not_called_right() -> None:
    """Where o is named f and f is named o, it is the first; neither is right before it."""
    swapped = STEP.replace("f = sigmoid(z_f)", "f = sigmoid(z_o)")
    found = blame(swapped.replace("o = sigmoid(z_o)", "o = sigmoid(z_f)"), STEP)

    assert found is not None
    assert (found.name, found.why, found.quantity) == ("f", Why.OTHER, "o")
    assert {"f", "o"}.isdisjoint(dict(found.right))


def test_a_variable_that_is_wrong_later_is_not_called_right_beside_that() -> None:
    """h was right where it was computed, and is not any more."""
    found = blame(STEP.replace("return h, c", "h = h + 1; return h, c"), STEP)

    assert found is not None
    assert found.name == "h"
    assert "h" not in dict(found.right)


def test_the_numbers_of_another_quantity_are_recognised() -> None:
    """``i = sigmoid(z_f)`` gives i the numbers of f."""
    found = blame(STEP.replace("i = sigmoid(z_i)", "i = sigmoid(z_f)"), STEP)

    assert found is not None
    assert (found.name, found.why, found.quantity) == ("i", Why.OTHER, "f")


RENAMED = """\
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def answer(x, h_prev, c_prev, U, W, a):
    z = x @ U.T
    z = z + h_prev @ W.T
    z = z + a
    i, f, g, o = np.split(z, 4, axis=1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c = f * c_prev + i * g
    h = o * np.tanh(c)
    return h, c
"""
"""A name is used twice: i is z_i first, and then i."""
ARGUMENTS[RENAMED], RETURNS[RENAMED] = ARGUMENTS[STEP], RETURNS[STEP]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("np.tanh(g)", "sigmoid(g)", 13), ("sigmoid(f)", "np.tanh(f)", 13),
        ("sigmoid(i), sigmoid(f)", "sigmoid(f), sigmoid(i)", 13), ("+ a", "- a", 11),
        ("h_prev @ W.T", "c_prev @ W.T", 10), ("i * g", "i + g", 14), ("np.tanh(c)", "c", 15),
    ],
)  # fmt: skip
def test_a_name_that_is_used_twice_means_what_it_becomes(old: str, new: str, line: int) -> None:
    """``i, f, g, o = np.split(z, 4)`` is no mistake, and never the line to look at."""
    assert blame(RENAMED, RENAMED) is None

    found = blame(RENAMED.replace(old, new, 1), RENAMED)

    assert found is not None
    assert found.line == line


FUNCTIONS = """\
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


{gates}

def answer(x, h_prev, c_prev, U, W, a):
    z = x @ U.T + h_prev @ W.T + a
    {call}
    c = f * c_prev + i * g
    h = o * np.tanh(c)
    return h, c
"""
"""The four gates come from a function: its lines begin at 8."""

ONE_ARRAY = """\
def gates(z):
    H = z.shape[1] // 4
    s = np.concatenate([sigmoid(z[:, :2 * H]), 0.9 * np.tanh(z[:, 2 * H:3 * H])], axis=1)
    return np.concatenate([s, sigmoid(z[:, 3 * H:])], axis=1)
"""
RETURNED_AT_ONCE = """\
def gates(z):
    return np.concatenate([sigmoid(z[:, :8]), 0.9 * np.tanh(z[:, 8:12]), sigmoid(z[:, 12:])], 1)
"""
RETURNED_APART = """\
def gates(z):
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)
    return sigmoid(z_i), sigmoid(z_f), 0.9 * np.tanh(z_g), sigmoid(z_o)
"""
IN_A_LOOP = """\
def gates(z):
    found = {}
    for k, name in enumerate("ifgo"):
        s = sigmoid(z[:, 4 * k:4 * k + 4])
        found[name] = s
    return found["i"], found["f"], found["g"], found["o"]
"""


@pytest.mark.parametrize(
    ("gates", "call", "line"),
    [
        (ONE_ARRAY, "i, f, g, o = np.split(gates(z), 4, axis=1)", 10),
        (RETURNED_AT_ONCE, "i, f, g, o = np.split(gates(z), 4, axis=1)", 9),
        (RETURNED_APART, "i, f, g, o = gates(z)", 10),
        (IN_A_LOOP, "i, f, g, o = gates(z)", 11),
    ],
    ids=["one array", "returned at once", "returned apart", "in a loop"],
)
def test_a_function_with_one_wrong_gate_is_not_excused_by_the_others(
    gates: str, call: str, line: int
) -> None:
    """Three gates of four are right; the wrong line stands in the function, not where it is called.

    What is right in the same call says nothing of the line that is not.
    """
    right = FUNCTIONS.format(gates="", call="i, f, g, o = np.split(z, 4, axis=1)")
    ARGUMENTS[right], RETURNS[right] = ARGUMENTS[STEP], RETURNS[STEP]

    found = blame(FUNCTIONS.format(gates=gates, call=call), right)

    assert found is not None
    assert found.line == line


@pytest.mark.parametrize(
    ("call", "name"),
    [
        ("s = sigmoid(z); i, f, g, o = np.split(s, 4, axis=1)", "s"),
        ("i, f, g, o = np.split(sigmoid(z), 4, axis=1)", ""),
        ("i, f, g, o = sigmoid(z[:, :4]), sigmoid(z[:, 4:8]), sigmoid(z[:, 8:12]), 1", "g"),
    ],
    ids=["a variable", "no variable", "of several"],
)
def test_a_right_function_that_is_given_too_much_is_blamed_where_it_is_called(
    call: str, name: str
) -> None:
    """g is no sigmoid; the name is that of a variable of this line, or none."""
    right = FUNCTIONS.format(gates="", call="i, f, g, o = np.split(z, 4, axis=1)")
    ARGUMENTS[right], RETURNS[right] = ARGUMENTS[STEP], RETURNS[STEP]

    found = blame(FUNCTIONS.format(gates="", call=call), right)

    assert found is not None
    assert (found.line, found.name) == (12, name)


def test_a_gate_that_is_returned_as_lists_is_held_against_its_own_numbers() -> None:
    """``exp(z_f)`` occurs on the way to σ, but f itself is handed back."""
    source = "import numpy as np\n\n\ndef answer(z):\n    f = np.exp(z)\n    return f.tolist()\n"
    module: dict[str, Any] = {}
    exec(compile(source, "answer.py", "exec"), module)  # noqa: S102 - our own code, just above
    recorder = Recorder(source.encode(), "answer.py")
    z = np.array([[0.5, -0.25], [0.125, 0.75]])
    recorder.run(module["answer"], z)
    right = 1 / (1 + np.exp(-z))
    known = np.unique([z, np.exp(z), right])

    records = Records(tuple(recorder.names), **recorder.table())
    found = blamed(records, Right(known, quantities={"f": right}), {"return": ("f",)})

    assert found is not None
    assert (found.line, found.name) == (5, "f")


def test_an_array_of_which_nothing_is_computed_yet_is_no_value() -> None:
    """What stands in the memory that ``np.empty`` hands out is nobody's number."""
    body = "    h = np.empty(3)\n    h[:] = 0.5\n    return h\n"
    source = f"import numpy as np\n\n\ndef answer():\n{body}"
    module: dict[str, Any] = {}
    exec(compile(source, "answer.py", "exec"), module)  # noqa: S102
    recorder = Recorder(source.encode(), "answer.py")
    recorder.run(module["answer"])

    assert [row[0] for row in recorder.rows] == [6, 7]


def test_a_long_loop_ends_the_recording_and_not_the_answer() -> None:
    """An answer that counts to a million is recorded as far as there is room."""
    source = (
        "def answer():\n    s = 0.5\n    for _ in range(10**5):\n        s += 0.25\n    return s\n"
    )
    module: dict[str, Any] = {}
    exec(compile(source, "answer.py", "exec"), module)  # noqa: S102
    recorder = Recorder(source.encode(), "answer.py")

    assert recorder.run(module["answer"]) == 25000.5
    assert len(recorder.rows) == MOST_RECORDS


@pytest.mark.parametrize(
    "broken",
    [
        {"rows": np.full((1, 9), -1)},
        {"rows": np.array([[1, 1, 0, 0, 9, 0, 0, 0, 0]])},
        {"rows": np.array([[1, 1, 5, 0, 1, 0, 0, 0, 0]])},
        {"rows": np.zeros((1, 3), np.int64)},
        {"reads": np.array([[0, 7, 1]])},
    ],
)
def test_records_out_of_bounds_are_refused(broken: dict[str, Any]) -> None:
    """They come from the student's process, and may be anything."""
    good = {
        "rows": np.array([[1, 1, 0, 0, 1, 0, 0, 0, 0]]),
        "reads": np.zeros((0, 3), np.int64),
        "numbers": np.zeros(1),
    }

    with pytest.raises(ValueError, match="record"):
        Records(("c",), **(good | broken))
