"""The line to look at where an answer consists of functions or methods that call each other."""

from __future__ import annotations

import pytest

from tests.grading.answering import line_of

SEED = 11

CELL = """
class Cell:
    def __init__(self, U, W, a):
        self.U = U
        self.W = W
        self.a = a
        self.H = W.shape[1]

    def pre(self, x, h, k):
        r = slice(k * self.H, (k + 1) * self.H)
        return x @ self.U[r].T + h @ self.W[r].T + self.a[r]

    def gate(self, x, h, k):
        return 1 / (1 + np.exp(-self.pre(x, h, k)))

    def forward(self, x, h, c):
        i = self.gate(x, h, 0)
        f = self.gate(x, h, 1)
        g = np.tanh(self.pre(x, h, 2))
        o = self.gate(x, h, 3)
        c_new = f * c + i * g
        h_new = o * np.tanh(c_new)
        return h_new, c_new

def lstm_step(x, h_prev, c_prev, U, W, a):
    cell = Cell(U, W, a)
    return cell.forward(x, h_prev, c_prev)
"""

STEP_BACK = """
def slope(h):
    return 1 - h ** 2

def weights(d_z, x, h_prev):
    d_U = d_z.T @ x
    d_W = d_z.T @ h_prev
    d_a = d_z.sum(axis=0)
    return d_U, d_W, d_a

def rnn_step_backward(d_h, x, h_prev, h, U, W):
    d_z = d_h * slope(h)
    d_x, d_h_prev = d_z @ U, d_z @ W
    d_U, d_W, d_a = weights(d_z, x, h_prev)
    return d_x, d_h_prev, d_U, d_W, d_a
"""

BACK = """
def rnn_backward(d_h_from_loss, x, h_0, h, U, W):
    d_x = np.zeros_like(x)
    d_U = np.zeros_like(U); d_W = np.zeros_like(W); d_a = np.zeros_like(U[:, 0])
    d_next = np.zeros_like(h_0)
    t = len(x) - 1
    while t >= 0:
        d_h = d_h_from_loss[t] + d_next
        d_z = d_h * (1 - h[t] * h[t])
        before = h[t - 1] if t > 0 else h_0
        d_x[t] = d_z @ U
        d_U += d_z.T @ x[t]; d_W += d_z.T @ before; d_a += d_z.sum(0)
        d_next = d_z @ W
        t -= 1
    return d_x, d_next, d_U, d_W, d_a
"""


BACK_AT_ONCE = """
def rnn_backward(d_h_from_loss, x, h_0, h, U, W):
    hs = np.concatenate([h_0[None], h])
    dz = np.zeros_like(h)
    nxt = np.zeros_like(h_0)
    for t in reversed(range(len(h) - 1)):
        dz[t] = (d_h_from_loss[t] + nxt) * (1 - hs[t + 1]**2)
        nxt = dz[t] @ W
    dx = np.einsum("tnh,hd->tnd", dz, U)
    dU = np.einsum("tnh,tnd->hd", dz, x)
    dW = np.einsum("tnh,tnk->hk", dz, hs[:-1])
    return dx, nxt, dU, dW, dz.sum(axis=(0, 1))
"""


@pytest.mark.parametrize(
    ("number", "answer", "right", "wrong"),
    [
        # A function hands back something else than what its caller hands on.
        ("22", CELL, "return h_new, c_new", "return h_new, c"),
        ("30", STEP_BACK, "d_U = d_z.T @ x", "d_U = d_z.T @ x / len(x)"),
        # One that is right is asked for the z of another gate.
        ("22", CELL, "g = np.tanh(self.pre(x, h, 2))", "g = np.tanh(self.pre(x, h, 3))"),
        # A call gives something else than the parameter is named after.
        (
            "22",
            CELL,
            "return cell.forward(x, h_prev, c_prev)",
            "return cell.forward(x, c_prev, h_prev)",
        ),
        ("30", STEP_BACK, "d_U, d_W, d_a = weights(d_z, x", "d_U, d_W, d_a = weights(d_h, x"),
        ("31", BACK, "while t >= 0:", "while t > 0:"),
        # d_h and d_z are those of their step, and what they are multiplied by is not.
        ("31", BACK, "d_z = d_h * (1 - h[t] * h[t])", "d_z = d_h * (1 - h[t - 1] * h[t - 1])"),
        ("31", BACK, "d_U += d_z.T @ x[t];", "d_U += d_z.T @ x[t - 1];"),
    ],
)
def test_the_line_at_fault(number: str, answer: str, right: str, wrong: str) -> None:
    """It is the one with the slip, and no line that only uses what comes of it."""
    code, _said = line_of(number, answer.replace(right, wrong), SEED)

    assert code.startswith(wrong)


def test_a_parameter_that_may_be_meant_for_anything() -> None:
    """Nothing else that ``slope(x)`` gets is what it is called: its name is no evidence."""
    wrong = STEP_BACK.replace("slope(h):\n    return 1 - h ** 2", "slope(x):\n    return 1 - x")

    code, _said = line_of("30", wrong, SEED)

    assert code == "return 1 - x"


def test_states_that_are_both_0() -> None:
    """Each is named as what its own name says: c is no h_prev."""
    unroll = """
def sigmoid(z):
    return (1 + np.tanh(z / 2)) / 2

def step(x, h_prev, c_prev, U, W, a):
    i, f, g, o = np.split(x @ U.T + h_prev @ W.T + a, 4, axis=1)
    c = sigmoid(f) * c_prev + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c

def lstm_unroll(x, lengths, h_0, c_0, U, W, a):
    h = np.zeros_like(h_0)
    c = np.zeros_like(c_0)
    hs, cs = [], []
    for t in range(len(x)):
        new_h, new_c = step(x[t], h, c, U, W, a)
        going = (t < lengths)[:, None]
        h, c = np.where(going, new_h, h), np.where(going, new_c, c)
        hs.append(h)
        cs.append(c)
    return np.array(hs), np.array(cs)
"""

    code, said = line_of("23", unroll, SEED)

    assert code == "h = np.zeros_like(h_0)"
    assert "The value of h is not what the equations give for h_prev" in said


def test_a_loop_that_does_not_run() -> None:
    """For one word it has no round: nothing is said of a part of a variable."""
    code, said = line_of("31", BACK_AT_ONCE, SEED)

    assert code.startswith("for t in")
    assert said.endswith("In this call the loop does not run, and nothing is stored.")


def test_a_number_under_a_condition() -> None:
    """It is named with the condition, of which it is not known that it is right."""
    clip = """
def clip_by_norm(d_U, d_W, d_a, max_norm):
    norm = np.sqrt((d_U**2).sum() + (d_W**2).sum() + (d_a**2).sum())
    if norm < max_norm:
        scale = max_norm / norm
    else:
        scale = 1.0
    return norm, d_U * scale, d_W * scale, d_a * scale
"""

    code, said = line_of("41", clip, SEED)

    assert code == "scale = 1.0"
    assert "set there under the condition of line 5" in said
