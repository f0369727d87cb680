"""What is right: greedy generation, the word with the largest probability each time."""

import numpy as np


def generate(start, h_0, U, W, a, V, b, codes, steps):
    """The word and the state go from round to round."""
    h, word = h_0, start
    words, probs = [], []
    for _ in range(steps):
        x = codes[word]
        h_prev = h
        h = np.tanh(x @ U.T + h_prev @ W.T + a)
        logits = h @ V.T + b
        e = np.exp(logits - logits.max(axis=-1, keepdims=True))
        p = e / e.sum(axis=-1, keepdims=True)
        word = p.argmax(axis=-1)
        words.append(word)
        probs.append(p)
    return np.stack(words), np.stack(probs)
