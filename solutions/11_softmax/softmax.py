"""Exercise 11, a right answer."""

import numpy as np


def output(h, V, b):
    """The scores, and softmax of each row without a large exponent."""
    logits = h @ V.T + b  # (N, K)
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probs = e / e.sum(axis=-1, keepdims=True)
    return logits, probs
