"""Exercise 21: the memory of the LSTM."""

import numpy as np


def cell_update(c_prev, i, f, g, o):
    """The memory c after a word, and the part h of it that is shown.

    c = f * c_prev + i * g
    h = o * tanh(c)

    c_prev, i, f, g, o, each (N, H)  ->  h, c, each (N, H)
    """
    raise NotImplementedError("cell_update: compute c, then h from it, and return h, c")
