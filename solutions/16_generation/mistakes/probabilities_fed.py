# fails: fed back, batch, many words, called twice, inputs kept; first at: step 2, quantity probs
import numpy as np


def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def generate(start, h_0, U, W, a, V, b, codes, steps):
    h, x, words, probs = h_0, codes[start], [], []
    for _ in range(steps):
        h = np.tanh(x @ U.T + h @ W.T + a)
        p = softmax(h @ V.T + b)
        words.append(p.argmax(axis=-1))
        probs.append(p)
        x = p @ codes  # a little of every word
    return np.stack(words), np.stack(probs)
