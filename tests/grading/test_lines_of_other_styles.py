"""The line to look at in answers that are written otherwise than ours: names, helpers, no loops.

No line is told rather than an innocent one.
"""

from __future__ import annotations

import pytest

from tests.grading.answering import EXERCISES, report_on
from tracer.grading.reordered import reordered
from tracer.view.export.report_json import as_record

WRAPS_TO_ZEROS = """
def rnn_unroll(x, h_0, U, W, a):
    states = np.zeros((len(x), *h_0.shape), x.dtype)
    of_words = x @ U.T + a
    for t in range(len(x)):
        states[t] = np.tanh(of_words[t] + states[t - 1] @ W.T)
    return states
"""

UNDIVIDED = """
def tagging_loss(logits, label, mask):
    T, N, K = logits.shape
    e = np.exp(logits - logits.max(axis=2, keepdims=True))
    probs = e / e.sum(axis=2, keepdims=True)
    t, n = np.indices((T, N))
    total_loss = -(np.log(probs[t, n, label]) * mask).sum() / N
    d_logits = probs.copy()
    d_logits[t, n, label] -= 1
    d_logits *= mask[:, :, None]
    return total_loss, d_logits
"""

EVERY_STEP_AT_ONCE = """
def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)

def classification_loss(logits, label, lengths):
    p = softmax(logits)[-1]
    return p, -np.log(p[np.arange(len(label)), label]).mean()
"""

ONLY_C = """
def sig(z):
    return 0.5 * (1 + np.tanh(0.5 * z))

def lstm_unroll(x, lengths, h_0, c_0, U, W, a):
    h, c = h_0.copy(), c_0.copy()
    hs, cs = [], []
    for t in range(len(x)):
        i, f, g, o = np.split(x[t] @ U.T + h @ W.T + a, 4, axis=1)
        c_new = sig(f) * c + sig(i) * np.tanh(g)
        for n in range(len(lengths)):
            if t < lengths[n]:
                c[n] = c_new[n]
        h = sig(o) * np.tanh(c)
        hs.append(h.copy()); cs.append(c.copy())
    return np.stack(hs), np.stack(cs)
"""

LAST_STEP = """
def softmax(z):
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)

def classification_loss(logits, label, lengths):
    answer = softmax(logits[-1])
    return answer, -np.log(answer[np.arange(len(label)), label]).mean()
"""

OVER_ALL = """
def softmax(z):
    z = z - np.max(z)
    return np.exp(z) / np.sum(np.exp(z))

def output(h, V, b):
    out = h @ V.T + b
    return out, softmax(out)
"""

SPOKEN_TOGETHER = """
def generate(start, h_0, U, W, a, V, b, codes, steps):
    words, probs = [], []
    w, h = start, h_0
    for t in range(steps):
        h = np.tanh(codes[w] @ U.T + h @ W.T + a)
        z = h @ V.T + b
        e = np.exp(z - z.max())
        p = e / e.sum()
        w = p.argmax(1)
        words.append(w)
        probs.append(p)
    return np.array(words), np.array(probs)
"""

SPOKEN = SPOKEN_TOGETHER.replace("z.max()", "z.max(1)[:, None]").replace(
    "e.sum()", "e.sum(1)[:, None]"
)

PICKED = """
def classification_loss(logits, label, lengths):
    n = np.arange(len(label))
    s = logits[np.maximum(lengths - 2, 0), n]
    e = np.exp(s - s.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return p, -np.log(p[n, label]).mean()
"""

OF_SENTENCE_0 = """
def classification_loss(logits, label, lengths):
    N = len(label)
    probs = np.zeros((N, logits.shape[2]))
    loss = []
    for n in range(N):
        z = logits[lengths[n] - 1][0]
        e = np.exp(z - max(z))
        probs[n] = e / sum(e)
        loss.append(-np.log(probs[n][label[n]]))
    return probs, sum(loss) / N
"""

EXCHANGED = """
def cell_update(c_prev, i, f, g, o):
    memory = f * c_prev + i * g
    shown = o * np.tanh(memory)
    return memory, shown
"""

LAST_FIRST = """
def back(d, x, before, h, U, W):
    z = d * (1 - h * h)
    return z @ U, z @ W, z.T @ x, z.T @ before, z.sum(0)

def rnn_backward(d_h_from_loss, x, h_0, h, U, W):
    sums, found, carry = [0, 0, 0], [], 0
    for t in reversed(range(len(x))):
        d_x, carry, *more = back(d_h_from_loss[t] + carry, x[t], h[t - 1] if t else h_0, h[t], U, W)
        found.append(d_x)
        sums = [s + m for s, m in zip(sums, more)]
    return np.array(found), carry, *sums
"""

IN_ONE_LINE = """
def sig(z): return 1 / (1 + np.exp(-z))

def lstm_unroll(x, lengths, h_0, c_0, U, W, a):
    h, c = h_0, c_0; hs, cs = [], []
    for t in range(len(x)):
        z_i, z_f, z_g, z_o = np.split(x[t] @ U.T + h @ W.T + a, 4, axis=1)
        i = sig(z_i); f = sig(z_f); g = np.tanh(z_g); o = sig(z_o)
        c_new = f * c + i + g; h_new = o * np.tanh(c_new)
        on = (t < lengths)[:, None]
        h = np.where(on, h_new, h); c = np.where(on, c_new, c)
        hs.append(h); cs.append(c)
    return np.stack(hs), np.stack(cs)
"""

BACK_IN_PLACE = """
def rnn_backward(d_h_from_loss, x, h_0, h, U, W):
    T, N, H = h.shape
    dz = np.empty((T, N, H), h.dtype)
    back = np.zeros((N, H), h.dtype)
    for t in reversed(range(T)):
        back += d_h_from_loss[t]
        dz[t] = back * (1 - h[t] * h[t])
        back = dz[t].dot(W)
    before = np.vstack([h_0[None], h[:-1]])
    dU = np.tensordot(dz, x, ((0, 1), (0, 1)))
    dW = np.tensordot(dz, before, ((0, 1), (0, 1)))
    return dz @ U, back, dU, dW, dz.sum((0, 1))
"""

FLAT = """
def clip_by_norm(d_U, d_W, d_a, max_norm):
    flat = np.concatenate([d_U.ravel(), d_W.ravel(), d_a])
    total = np.linalg.norm(flat)
    factor = 1.0
    if total > max_norm:
        factor = max_norm / total
    return total, d_U * factor, d_W * factor, d_a * factor
"""

ROW_BY_ROW = """
def momentum_step(w, d, m, learning_rate, momentum):
    rows, new_m = [], []
    for row, grad, vel in zip(w, d, m):
        u = momentum * vel + grad
        new_m.append(u)
        rows.append(row - learning_rate * u)
    return np.array(rows), np.array(new_m)
"""

SHORT_NAMES = """
def adam(w, d, m, v, t, learning_rate, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * d; v = beta2 * v + (1 - beta2) * d * d
    mc = m / (1 - beta1 ** t)
    vc = v / (1 - beta2 ** t)
    step = learning_rate * mc / (vc ** 0.5 + epsilon)
    return w - step, m, v
"""

IN_LISTS = """
def sg(z): return 1 / (1 + np.exp(-z))

def lstm_unroll(x, lengths, h_0, c_0, U, W, a):
    hs = [h_0]; cs = [c_0]
    for t in range(x.shape[0]):
        i, f, g, o = np.split(np.dot(x[t], U.T) + np.dot(hs[-1], W.T) + a, 4, axis=1)
        c = sg(f) * cs[-1] + sg(i) * np.tanh(g)
        h = sg(o) * np.tanh(c)
        alive = (lengths > t)[:, None]
        cs.append(alive * c + ~alive * cs[-1]); hs.append(alive * h + ~alive * hs[-1])
    return np.array(hs[1:]), np.array(cs[1:])
"""

MASKED_SCORES = """
def tagging_loss(logits, label, mask):
    logits = logits * mask[:, :, None]
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = e / e.sum(-1, keepdims=True)
    onehot = np.eye(logits.shape[2])[label]
    N = logits.shape[1]
    return -np.log((p * onehot).sum(-1)).sum() / N, (p - onehot) / N
"""


WRONG = (
    ("13", WRAPS_TO_ZEROS, "states[t] ="),
    ("14", UNDIVIDED, "d_logits[t, n, label] -= 1"),
    ("14", MASKED_SCORES, "logits = logits * mask"),
    ("15", EVERY_STEP_AT_ONCE, "p = softmax(logits)[-1]"),
    ("15", LAST_STEP, "answer = softmax("),
    ("11", OVER_ALL, "return np.exp(z) / np.sum("),
    ("16", SPOKEN_TOGETHER, "p = e / e.sum()"),
    ("16", SPOKEN.replace("p.argmax(1)", "np.full(len(w), p[0].argmax())"), "w = np.full("),
    ("15", PICKED, "s = logits["),
    ("15", OF_SENTENCE_0, "z = logits["),
    ("21", EXCHANGED, "return memory, shown"),
    ("23", ONLY_C, "h = sig(o)"),
    ("23", IN_ONE_LINE, "c_new = f * c + i + g; h_new"),
    ("31", LAST_FIRST, "found.append(d_x)"),
    ("31", BACK_IN_PLACE.replace("back += d", "back = d"), "back = d_h_from_loss[t]"),
    ("31", BACK_IN_PLACE.replace("h_0[None], h[:-1]", "h[1:], h_0[None]"), "before = np.vstack"),
    ("31", BACK_IN_PLACE.replace("reversed(range(T))", "range(T)"), "for t in range(T)"),
    ("41", FLAT.replace("np.linalg.norm(flat)", "np.sum(flat ** 2)"), "total = np.sum("),
    ("41", FLAT.replace("max_norm / total", "max_norm"), "factor = max_norm"),
    ("42", ROW_BY_ROW.replace("+ grad", "+ learning_rate * grad"), "u = momentum * vel"),
    ("43", SHORT_NAMES.replace("(1 - beta1) * d;", "d;"), "m = beta1 * m + d;"),
    ("43", SHORT_NAMES.replace("v / (1 - beta2 ** t)", "v"), "vc = v"),
    ("23", IN_LISTS.replace("* cs[-1] + sg", "* cs[0] + sg"), "c = sg(f) * cs[0]"),
)
"""Exercise, answer, and how the line begins that is told."""


COUNTED = UNDIVIDED.replace("* mask).sum()", ")).sum()").replace("-(np.log(", "-((np.log(")

DIVIDED_BY_WORDS = UNDIVIDED.replace("/ N", "/ mask.sum()").replace(
    "d_logits *= mask[:, :, None]", "d_logits *= mask[:, :, None] / mask.sum()"
)

TOLD = (
    ("14", UNDIVIDED, "Your numbers are those of d_logits = probs - one_hot(label)."),
    ("14", COUNTED.replace("None]", "None] / N"), "every step counts for the loss"),
    ("14", DIVIDED_BY_WORDS, "divided by the number of words that count"),
)
"""Exercise, answer, and what is said of its mistake; each takes the logarithm of 0, too."""


PLAIN_LOG = """
def cross_entropy(h_n, V, b, y):
    logits = h_n @ V.T + b
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    y_hat = e / e.sum(axis=1, keepdims=True)
    loss = -np.log(y_hat[y == 1])
    return y_hat, loss, loss.sum() / len(y)
"""


@pytest.mark.parametrize(
    ("number", "answer", "line"), WRONG, ids=[f"{w[0]}-{w[2][:16]}" for w in WRONG]
)
def test_the_line(number: str, answer: str, line: str) -> None:
    """It is the one with the mistake, or the one that hands it back."""
    told = as_record(report_on(number, answer))["line"]

    assert told["code"].startswith(line)


def test_no_line_where_a_word_is_not_taken_anew() -> None:
    """The state is right in the first round, of the word that is made before the loop."""
    once = SPOKEN.replace("    for t", "    x = codes[w]\n    for t").replace("codes[w] @", "x @")

    assert as_record(report_on("16", once))["line"] is None


def test_no_line_where_an_argument_was_masked() -> None:
    """Softmax of 0 is what it should be; without the mask elsewhere, that is the mistake."""
    masked_too = MASKED_SCORES.replace("(p - onehot)", "2 * mask[:, :, None] * (p - onehot)")

    assert as_record(report_on("14", masked_too))["line"]["code"].startswith("return")


@pytest.mark.parametrize(("number", "answer", "said"), TOLD, ids=[t[2] for t in TOLD])
def test_a_mistake_beside_an_overflow(number: str, answer: str, said: str) -> None:
    """It is named by the checks in which nothing overflows."""
    checks = as_record(report_on(number, answer))["checks"]
    told = next(one for one in checks if one["diagnosis"] is not None)["diagnosis"]["said"]

    assert said in " ".join(told)
    assert "Nothing can be said" not in " ".join(told)


def test_a_loss_of_own_probabilities_is_no_mistake_of_its_own() -> None:
    """It is -ln of what the student made of the scores, and these are wrong."""
    told = as_record(report_on("15", OF_SENTENCE_0))

    assert told["diagnosis"]["said"][0].startswith("Your probs is not what the equations give")
    assert not any(check["also"] for check in told["checks"])


@pytest.mark.parametrize("seed", [7, 2802271003], ids=["nan as well", "inf alone"])
def test_the_logarithm_of_0(seed: int) -> None:
    """It is named once, whichever of the ways to take it gives the same numbers."""
    (named, *_) = as_record(report_on("24", PLAIN_LOG, seed))["diagnosis"]["said"]

    assert "where a probability has become 0" in named


OUTPUT = """
def output(h, V, b):
    logits = h @ V.T + b
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True), logits
"""

ADAM = """
def adam(w, d, m, v, t, learning_rate, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * d
    v = beta2 * v + (1 - beta2) * d * d
    w = w - learning_rate * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + epsilon)
    return m, v, w
"""


@pytest.mark.parametrize(
    ("number", "answer", "said"),
    [
        ("11", OUTPUT, "You return probs, logits. Expected: logits, probs."),
        ("43", ADAM, "You return m_new, v_new, w_new. Expected: w_new, m_new, v_new."),
    ],
)
def test_results_in_another_order(number: str, answer: str, said: str) -> None:
    """Also where all have the same shape; and the line is the one that returns them."""
    told = as_record(report_on(number, answer))

    assert told["diagnosis"]["said"] == [said]
    assert told["line"]["code"].startswith("return")


def test_what_has_another_shape_is_not_taken_for_it() -> None:
    """Of all exercises those with results that could be exchanged; the sum of the orders."""
    could = {e.number: len(list(reordered(e, ()))) for e in EXERCISES.values()}

    assert {n for n, orders in could.items() if orders} >= {"11", "20", "32", "33", "43"}
    assert could["30"] == 0
    assert could["43"] == 5
