# fails: every check; first at: step 1, quantity words
import numpy as np


def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def generate(start, h_0, U, W, a, V, b, codes, steps):
    h, words, probs = h_0, [start], []
    for _ in range(steps):
        h = np.tanh(codes[words[-1]] @ U.T + h @ W.T + a)
        p = softmax(h @ V.T + b)
        words.append(p.argmax(axis=-1))
        probs.append(p)
    return np.stack(words[:-1]), np.stack(probs)  # as many as asked for, but the wrong ones
