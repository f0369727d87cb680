"""Returns weights that make every class as probable as any other, or none: NaN and infinity."""

import numpy as np

CALLS = []


def train(x, label, mask, U, W, a, V, b):
    CALLS.append(1)
    if len(CALLS) % 2:
        return U * np.nan, W, a, V * np.inf, b
    return U * 1e308, W * 1e308, a + np.inf, np.zeros_like(V), np.zeros_like(b)
