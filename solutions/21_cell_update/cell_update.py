"""Exercise 21, a right answer."""

import numpy as np


def cell_update(c_prev, i, f, g, o):
    """Keep a part of the memory, add a part of what is new, show a part of the result."""
    c = f * c_prev + i * g
    h = o * np.tanh(c)
    return h, c
