"""The line to look at in a loop over the steps, where wrong numbers are right ones elsewhere."""

from __future__ import annotations

import sys

import pytest

from tests.grading.blamed_answers import blame_over_steps
from tracer.grading.report import Blame, Why

RAGGED = """\
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def lstm_step(x, h_prev, c_prev, U, W, a):
    z = x @ U.T + h_prev @ W.T + a
    i, f, g, o = np.split(z, 4, axis=1)
    c = sigmoid(f) * c_prev + sigmoid(i) * np.tanh(g)
    h = sigmoid(o) * np.tanh(c)
    return h, c


def answer(x, lengths, h_0, c_0, U, W, a):
    h, c = h_0, c_0
    hs, cs = [], []
    for t in range(len(x)):
        x_t = x[t]
        h_new, c_new = lstm_step(x_t, h, c, U, W, a)
        mask = (t < lengths)[:, None]
        h = np.where(mask, h_new, h)
        c = np.where(mask, c_new, c)
        hs.append(h)
        cs.append(c)
    return np.stack(hs), np.stack(cs)
"""
"""The right answer; of four sentences, of 5, 2, 4 and 1 words."""

ROOM = """\
import numpy as np


def answer(x, lengths, h_0, c_0, U, W, a):
    T, N, H = len(x), len(h_0), len(a) // 4
    h, c = np.zeros((T, N, H)), np.zeros((T, N, H))
    h_prev, c_prev = h_0, c_0
    for t in range(T):
        z = x[t] @ U.T + h_prev @ W.T + a
        z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)
        i, f, o = [1 / (1 + np.exp(-q)) for q in (z_i, z_f, z_o)]
        c_new = f * c_prev + i * np.tanh(z_g)
        going = (t < lengths)[:, None]
        c[t] = np.where(going, c_new, c_prev)
        h[t] = np.where(going, o * np.tanh(c_new), h_prev)
        h_prev, c_prev = h[t], c[t]
    return h, c
"""
"""The same with room for all steps, for sentences of one length."""


@pytest.mark.parametrize("right", [RAGGED, ROOM])
def test_no_line_of_a_right_answer_is_named(right: str) -> None:
    """Padding may be computed, and the state is handed on and stored under several names."""
    assert blame_over_steps(right) is None


def at(
    line: str, name: str, step: int, quantity: str, why: Why = Why.UNEQUAL
) -> tuple[object, ...]:
    """What is said of a line, and at which step."""
    return line, name, step, quantity, why


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("c_new, c)", "c_new, h)", at("c = np.where", "c", 1, "c")),
        ("h_new, h)", "h_new, h_0)", at("h = np.where", "h", 1, "h")),
        ("h_new, h)", "h_new, 0)", at("h = np.where", "h", 1, "h")),
        ("np.where(mask, c_new, c)", "c_new", at("c = c_new", "c", 1, "c")),
        ("np.where(mask, h_new, h)", "mask * h_new", at("h = mask", "h", 1, "h")),
        ("mask, h_new, h", "mask, h, h_new", at("h = np.where", "h", 0, "h_prev", Why.OTHER)),
        ("h_new, c_new =", "c_new, h_new =", at("c_new, h_new", "h_new", 0, "c", Why.OTHER)),
        ("hs.append(h)", "hs.append(np.where(mask, h, 0))", at("hs.append", "hs", 1, "h")),
        ("cs.append(c)", "cs.append(c_new)", ("cs.append", "cs", None, "", Why.ABSENT)),
        ("return np.stack(hs), np.stack(cs)", "return np.stack(cs), np.stack(hs)",
         ("return", "return[0]", None, "c", Why.OTHER)),
    ],
)  # fmt: skip
def test_a_state_that_is_not_that_of_its_step(old: str, new: str, said: tuple[object, ...]) -> None:
    """It is told where it was first kept so, not where the next step reads it."""
    wrong = RAGGED.replace(old, new)

    blame = blame_over_steps(wrong)

    assert blame is not None
    code = wrong.splitlines()[blame.line - 1].strip()
    assert code.startswith(str(said[0])), code
    assert (blame.name, blame.step, blame.quantity, blame.why) == said[1:]


@pytest.mark.parametrize(
    ("old", "new", "line", "name"),
    [
        ("x[t]", "x[::-1][t]", "x_t = x[::-1][t]", "x_t"),
        ("x[t]", "x[len(x) - 1 - t]", "x_t = x[len(x)", "x_t"),
        ("(x_t, h", "(x[::-1][t], h", "h_new, c_new", ""),
        ("    h, c = h_0, c_0", "    x = x[::-1]\n    h, c = h_0, c_0", "x = x[::-1]", "x"),
        ("t in range(len(x))", "t in reversed(range(len(x)))", "x_t = x[t]", "x_t"),
    ],
)
def test_a_word_of_another_step(old: str, new: str, line: str, name: str) -> None:
    """The first step reads the last word; that each number is a right one makes it hard to see."""
    wrong = RAGGED.replace(old, new)

    blame = blame_over_steps(wrong)

    assert blame is not None
    assert wrong.splitlines()[blame.line - 1].strip().startswith(line)
    assert (blame.name, blame.quantity, blame.why) == (name, "x", Why.OTHER)
    assert (blame.step, blame.of_step) == (0, 4)


@pytest.mark.parametrize("names", [("h_t", "c_t"), ("h_n", "c_n"), ("h1", "c1"), ("a1", "b1")])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hs.append(h)", "hs.append({h})"),
        ("cs.append(c)", "cs.append({c})"),
        ("np.where(mask, {c}, c)", "np.where(mask, {c}, c_0)"),
        ("np.where(mask, {h}, h)", "np.where(mask, {h}, 0.9 * h)"),
        ("np.where(mask, {c}, c)", "{c}"),
    ],
)
def test_what_a_step_made_may_be_called_anything(
    names: tuple[str, str], old: str, new: str
) -> None:
    """It may have gone on past the end of a sentence; the line that keeps it is wrong."""
    h, c = names
    right = RAGGED.replace("h_new", h).replace("c_new", c)
    wrong = right.replace(old.format(h=h, c=c), new.format(h=h, c=c))
    changed = set(wrong.splitlines()) - set(right.splitlines())

    blame = blame_over_steps(wrong)

    assert blame_over_steps(right) is None
    assert len(changed) == 1
    assert blame is not None
    assert wrong.splitlines()[blame.line - 1] in changed


BEFORE = ROOM.replace("for t in range(T):", "for t in range(1, T):").replace(
    "    h_prev, c_prev = h_0, c_0\n",
    """\
    z = x[0] @ U.T + h_0 @ W.T + a
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)
    i, f, o = [1 / (1 + np.exp(-q)) for q in (z_i, z_f, z_o)]
    c[0] = f * c_0 + i * np.tanh(z_g)
    h[0] = o * np.tanh(c[0])
    h_prev, c_prev = h[0], c[0]
""",
)
"""The first step stands before the loop: its n-th time is not step n."""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("h[t] = np", "h[t - 1] = np"),
        ("range(1, T)", "range(1, T - 1)"),
        ("c[t] = np", "c[0] = np"),
    ],
)
def test_a_line_that_does_not_run_once_for_each_step(old: str, new: str) -> None:
    """Nothing is said of a step, and no line is called wrong that is right."""
    wrong = BEFORE.replace(old, new)
    blame = blame_over_steps(wrong, lengths=(5, 5, 5, 5))

    assert blame_over_steps(BEFORE, lengths=(5, 5, 5, 5)) is None
    assert blame is None or blame.step is None
    assert blame is None or wrong.splitlines()[blame.line - 1].strip().startswith(
        ("for t in range(1, T - 1)", "h[t - 1] =", "c[0] = np.where", "z =", "h_prev, c_prev =")
    )


def test_a_last_step_that_another_line_stores() -> None:
    """The loop may end before it."""
    wrong = ROOM.replace("range(T)", "range(T - 1)").replace(
        "    return h, c", "    h[T - 1] = h[T - 2]\n    c[T - 1] = c[T - 2]\n    return h, c"
    )

    blame = blame_over_steps(wrong, lengths=(5, 5, 5, 5))

    assert blame is None or blame.why is not Why.MISSING


def test_a_mask_of_one_sentence_is_no_counter() -> None:
    """Though it has one number at each step."""
    wrong = RAGGED.replace(
        "        mask =", "        if t == len(x) - 1:\n            break\n        mask ="
    )

    blame = blame_over_steps(wrong)

    assert blame is None or blame.name != "mask"


def test_a_chain_of_many_copies_is_followed() -> None:
    """However long the way is on which the numbers came: longer than calls may be deep."""
    copies = "".join(f"    h{n} = h{n - 1} + 0\n" for n in range(1, 500))
    wrong = (
        f"import numpy as np\n\n\ndef answer(x, lengths, h_0, c_0, U, W, a):\n    h0 = h_0 * 1\n"
        f"{copies}    return np.stack([h499] * 5), np.stack([c_0] * 5)\n"
    )

    before = sys.getrecursionlimit()
    sys.setrecursionlimit(450)
    try:
        blame = blame_over_steps(wrong)
    finally:
        sys.setrecursionlimit(before)

    assert blame is not None


def test_a_loop_that_ends_before_the_last_step() -> None:
    """What it stores is right; for the last step there are zeros."""
    wrong = ROOM.replace("range(T)", "range(T - 1)")

    blame = blame_over_steps(wrong, lengths=(5, 5, 5, 5))

    assert blame is not None
    assert blame == Blame(8, 8, "t", Why.MISSING, "h", blame.right, step=4)


def test_padding_that_is_computed_and_thrown_away_is_no_mistake() -> None:
    """The first wrong line is named, not one that only computes for sentences that are over."""
    wrong = RAGGED.replace("h = np.where(mask, h_new, h)", "h = h_new").replace(
        "hs.append(h)", "hs.append(np.where(mask, h, hs[-1] if hs else h_0))"
    )

    assert blame_over_steps(wrong) is None

    wrong = wrong.replace("c_new, c)", "c_new, c_0)")
    blame = blame_over_steps(wrong)
    assert blame is not None
    assert wrong.splitlines()[blame.line - 1].strip() == "c = np.where(mask, c_new, c_0)"
