"""Exercise 35, a right answer."""

import numpy as np


def gradient_norms(d_h_from_loss, h, W):
    """Exercise 31 without the weights' gradients: only how long the arrow is at each word."""
    norms = np.empty(h.shape[:2], h.dtype)  # (T, N)
    d_h_from_next = np.zeros_like(h[0])
    for t in reversed(range(len(h))):
        d_h = d_h_from_loss[t] + d_h_from_next  # (N, H)
        norms[t] = np.sqrt((d_h**2).sum(axis=-1))
        d_h_from_next = (d_h * (1 - h[t] ** 2)) @ W
    return norms
