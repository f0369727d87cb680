"""Exercise 24, a right answer."""

import numpy as np


def cross_entropy(h_n, V, b, y):
    """The logarithm of softmax from the scores; softmax itself is e to that."""
    logits = h_n @ V.T + b  # (N, K)
    s = logits - logits.max(axis=-1, keepdims=True)
    log_probs = s - np.log(np.exp(s).sum(axis=-1, keepdims=True))
    loss = -(y * log_probs).sum(axis=-1)  # (N,)
    return np.exp(log_probs), loss, loss.mean()
