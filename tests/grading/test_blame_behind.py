"""The line to look at, where it is another one than that of the first wrong numbers.

Each answer is right; what is changed in it is to blame, and the sentence about it is true.
"""

from __future__ import annotations

import pytest

from tests.grading.blamed_answers import ARGUMENTS, RETURNS, STEP, blame, blame_over_steps
from tests.grading.recorded import errors, missing
from tracer.corpus.inside import InThisProcess
from tracer.exercises.discovery import discover
from tracer.exercises.submission import Submission
from tracer.grading.blame.around import Around
from tracer.grading.blame.ended import ended_early, made_once, returns_nothing
from tracer.grading.report import Why
from tracer.grading.session import grade
from tracer.view.export.report_html import page
from tracer.view.export.report_json import as_record
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.report import screen

HELPERS = """\
import numpy as np


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


def gates(x, h_prev, U, W, a):
    z = x @ U.T
    z = z + h_prev @ W.T
    z += a
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)
    return sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)


def memory(f, i, g, c_prev):
    return f * c_prev + i * g


def shown(o, c):
    return o * np.tanh(c)


def answer(x, h_prev, c_prev, U, W, a):
    i, f, g, o = gates(x, h_prev, U, W, a)
    c = memory(f, i, g, c_prev)
    h = shown(o, c)
    return h, c
"""
SPLIT = """\
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def answer(x, h_prev, c_prev, U, W, a):
    N, H = h_prev.shape
    i, f, g, o = np.split(x @ U.T + h_prev @ W.T + a, 4, axis=1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c, h = np.zeros((N, H)), np.zeros((N, H))
    for k in range(H):
        c[:, k] = f[:, k] * c_prev[:, k] + i[:, k] * g[:, k]
    for n in range(N):
        for k in range(H):
            h[n, k] = o[n, k] * np.tanh(c[n, k])
    return h, c
"""
for _right in (HELPERS, SPLIT):
    ARGUMENTS[_right], RETURNS[_right] = ARGUMENTS[STEP], RETURNS[STEP]

SENTENCES = """\
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def answer(x, lengths, h_0, c_0, U, W, a):
    T, N, H = len(x), len(h_0), len(a) // 4
    hs, cs = np.zeros((T, N, H)), np.zeros((T, N, H))
    for n in range(N):
        h, c = h_0[n], c_0[n]
        for t in range(T):
            if t < lengths[n]:
                z = U @ x[t, n] + W @ h + a
                i, f, g, o = z.reshape(4, H)
                c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
                h = sigmoid(o) * np.tanh(c)
            hs[t, n] = h
            cs[t, n] = c
    return hs, cs
"""
LEFT = """if t >= lengths[n]:
                break
            if True:"""
BEGUN = """    for n in range(N):
        h, c = h_0[n], c_0[n]
"""
BEGUN_ONCE = """    h, c = h_0[0], c_0[0]
    for n in range(N):
"""
OVERWRITTEN = """        hs[lengths[n] - 1:, n] = h_0[n]
    return hs"""
BIAS_ONCE = """
        if t == 0:
            z = z + a
"""
AT_ONCE = """\
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def answer(x, lengths, h_0, c_0, U, W, a):
    T, N, H = len(x), len(h_0), len(a) // 4
    hs, cs = np.zeros((T, N, H)), np.zeros((T, N, H))
    h, c = h_0, c_0
    for t in range(T):
        words = x[t]
        z = words @ U.T + h @ W.T + a
        mask = (t < lengths)[:, None]
        i, f, o = sigmoid(z[:, :H]), sigmoid(z[:, H:2 * H]), sigmoid(z[:, 3 * H:])
        g = np.tanh(z[:, 2 * H:3 * H])
        hs[t] = np.where(mask, o * np.tanh(f * c + i * g), h)
        cs[t] = np.where(mask, f * c + i * g, c)
        for n in range(N):
            if t >= lengths[n]:
                hs[t, n], cs[t, n] = h[n], c[n]
        h, c = hs[t], cs[t]
    return hs, cs
"""


@pytest.mark.parametrize("right", [HELPERS, SPLIT])
def test_no_line_of_a_right_step_is_named(right: str) -> None:
    """However its functions are called."""
    assert blame(right, right) is None


@pytest.mark.parametrize("lengths", [(5, 2, 4, 1), (5, 5, 5, 5)])
@pytest.mark.parametrize("right", [SENTENCES, AT_ONCE])
def test_no_line_of_a_right_loop_is_named(right: str, lengths: tuple[int, ...]) -> None:
    """Sentence by sentence, and all of them at once."""
    assert blame_over_steps(right, lengths) is None


@pytest.mark.parametrize(
    ("right", "old", "new", "line", "name", "why"),
    [
        # Gates unpacked in another order, also as parts of z, or from a function's return.
        (HELPERS, "i, f, g, o = gates", "i, f, o, g = gates", "i, f, o, g =", "o", Why.OTHER),
        (HELPERS, "i, f, g, o = gates", "f, i, g, o = gates", "f, i, g, o =", "f", Why.OTHER),
        (SPLIT, "i, f, g, o = np", "i, o, f, g = np", "i, o, f, g =", "o", Why.OTHER),
        # A right function with exchanged arguments; a wrong one, rightly called.
        (HELPERS, "memory(f, i", "memory(i, f", "c = memory", "c", Why.ABSENT),
        (HELPERS, "shown(o, c)\n    r", "shown(c, o)\n    r", "h = shown", "h", Why.ABSENT),
        (HELPERS, "return f * c_prev +", "return i * c_prev +", "return i", "return", Why.ABSENT),
        (HELPERS, "(1 + np.exp(-v))", "1 + np.exp(-v)", "return 1", "return", Why.UNEQUAL),
        (HELPERS, "np.exp(-v))", "np.exp(-v)) / 2", "return 1", "return", Why.UNEQUAL),
        (HELPERS, "return 1 /", "v = v.clip(-2, 2)\n    return 1 /", "v = v", "v", Why.ABSENT),
        # What is computed and lost.
        (HELPERS, "z = z + h_prev", "z + h_prev", "z + h_prev", "z", Why.LOST),
        (HELPERS, "z = z + h_prev", "z == z + h_prev", "z == z", "z", Why.COMPARED),
        # A loop that leaves something out.
        (SPLIT, "for k in range(H):\n        c", "for k in range(1, H):\n        c",
         "for k in range(1", "c", Why.MISSING),
        (SPLIT, "for k in range(H):\n            h", "for k in range(H - 1):\n            h",
         "for k in range(H - 1", "h", Why.MISSING),
        (SPLIT, "for n in range(N)", "for n in range(N - 1)", "for n in range(N -", "h",
         Why.MISSING),
    ],
)  # fmt: skip
def test_a_line_of_a_step(right: str, old: str, new: str, line: str, name: str, why: Why) -> None:
    """And not one after it, or within a function that is right."""
    wrong = right.replace(old, new, 1)
    assert wrong != right

    found = blame(wrong, right)

    assert found is not None
    said = wrong.splitlines()[found.line - 1].strip()
    assert said.startswith(line), said
    assert (found.name, found.why) == (name, why)


@pytest.mark.parametrize(
    ("right", "old", "new", "line", "name", "why"),
    [
        (SENTENCES, "if t < lengths[n]:", "if t < lengths[n] - 1:", "if t <", "", Why.SKIPPED),
        (SENTENCES, "if t < lengths[n]:", LEFT, "break", "hs", Why.MISSING),
        (SENTENCES, "in range(T)", "in range(lengths[n])", "for t in range(l", "hs", Why.MISSING),
        (SENTENCES, "in range(N)", "in range(N - 1)", "for n in range(N -", "hs", Why.MISSING),
        (SENTENCES, BEGUN, BEGUN_ONCE, "h, c =", "h", Why.ONCE),
        (SENTENCES, "    return hs", OVERWRITTEN, "hs[lengths[n] - 1:", "hs", Why.UNEQUAL),
        (AT_ONCE, "cs[t, n] = h[n], c[n]", "cs[t, n] = c[n], c[n]", "hs[t, n], cs", "hs",
         Why.UNEQUAL),
        (SENTENCES, "cs[t, n] = c", "cs[t, n] = h", "cs[t, n]", "cs", Why.UNEQUAL),
        (SENTENCES, "hs[t, n] = h", "hs[t - 1, n] = h", "hs[t - 1", "hs", Why.UNEQUAL),
        (AT_ONCE, "h, c = h_0, c_0", "h, c = c_0, h_0", "h, c = c_0", "h", Why.OTHER),
        (AT_ONCE, " + a\n", BIAS_ONCE, "if t == 0", "", Why.SKIPPED),
        (AT_ONCE, "words = x[t]", "words = x[t, ::-1]", "words = x", "words", Why.TURNED),
        (AT_ONCE, "range(T)", "range(T - 1)", "for t in range(T -", "t", Why.MISSING),
    ],
)  # fmt: skip
def test_a_line_of_a_loop(right: str, old: str, new: str, line: str, name: str, why: Why) -> None:
    """The one that makes the first wrong number, or stores none, and not the return."""
    wrong = right.replace(old, new, 1)
    assert wrong != right

    found = blame_over_steps(wrong)

    assert found is not None
    said = wrong.splitlines()[found.line - 1].strip()
    assert said.startswith(line), said
    assert (found.name, found.why) == (name, why)


def test_where_it_cannot_be_known_no_line_is_named() -> None:
    """A sentence left out by ``continue`` may have any reason; the return is none of them."""
    skipped = SENTENCES.replace(
        "        for t", "        if n % 2:\n            continue\n        for t"
    )

    assert blame_over_steps(skipped) is None
    assert blame_over_steps(SENTENCES.replace("hs[t, n] = h", "hs[t, n] = h * (t > 9)")) is None


UNROLL = """\
def step(x, h):
    return x + h


def unroll(x, h_0, hs=None):
    hs, h = [], h_0
    for x_t in x:
        h = step(x_t, h)
        hs.append(h)
    return hs
"""


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("", "", None),
        ("    return hs", "        return hs", (10, Why.ENDED)),
        ("    return hs", "        if len(hs) > 3:\n            return hs", None),
        ("hs=None):\n    hs, h = [], h_0", "hs=[]):\n    h = h_0", (5, Why.SHARED)),
        ("hs=None)", "hs=[])", None),
        ("return x + h", "x + h", (1, Why.NO_RETURN)),
        ("h = step(x_t, h)", "print(h)", None),
        ("return x + h", "return x + h)", None),
    ],
)
def test_what_the_form_of_the_code_shows(old: str, new: str, line: tuple[int, Why] | None) -> None:
    """Where nothing comes back that has the right shape."""
    around = Around(UNROLL.replace(old, new).encode())

    found = ended_early(around, "unroll") or made_once(around, "unroll") or returns_nothing(around)

    assert (found and (found.line, found.why)) == line


def test_names_that_are_exchanged_throughout_are_no_mistake() -> None:
    """One may call the output gate g, and the candidate o."""
    named = HELPERS.replace("i, f, g, o = gates", "i, f, o, g = gates")
    named = named.replace("c = memory(f, i, g,", "c = memory(f, i, o,")

    assert blame(named.replace("h = shown(o, c)", "h = shown(g, c)"), HELPERS) is None


def test_in_single_precision_no_line_is_named() -> None:
    """Each of its numbers is another one than that of the right computation, wrong or not."""
    end = "if x.dtype == np.float32:\n        h = 0.5 * h\n    return h, c"
    source = HELPERS.replace("answer", "lstm_step").replace("return h, c", end)
    exercise = next(e for e in discover().good if e.number == "22")

    report = grade(
        exercise, Submission("lstm_step.py", source.encode()), seed=3, wall=InThisProcess()
    )

    assert report.blame is None


SHAPES = {
    "return np.array(hs)": ("    return np.array(hs)", "The function ends there"),
    "h_0, U, W, a):\n    hs = []": ("h_0, U, W, a, hs=[]):", "hs is made once for all calls"),
}
"""In the answer below: what is changed, what it becomes, and how the sentence about it begins."""


@pytest.mark.parametrize("old", SHAPES)
def test_it_is_told_where_nothing_has_the_right_shape(old: str) -> None:
    """Beneath what is said of the shape, on the screen and in the notebook."""
    source = (
        "import numpy as np\n\ndef step(x, h, U, W, a):\n    z = x @ U.T + h @ W.T + a\n"
        "    return np.tanh(z)\n\ndef rnn_unroll(x, h_0, U, W, a):\n    hs = []\n    h = h_0\n"
        "    for x_t in x:\n        h = step(x_t, h, U, W, a)\n        hs.append(h)\n"
        "    return np.array(hs)\n"
    )
    new, said = SHAPES[old]
    wrong = Submission("rnn_unroll.py", source.replace(old, new).encode())
    exercise = next(e for e in discover().good if e.number == "13")

    report = grade(exercise, wrong, seed=3, wall=InThisProcess())

    record = as_record(report)
    assert record["line"]["said"][1].startswith(said)
    assert errors(record) == []
    assert missing(screen(report, Abilities(width=10_000)), record) == []
    assert said in page(report)
