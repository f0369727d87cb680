# fails: every check; first at: step 1, quantity c
import numpy as np


def cell_update(c_prev, i, f, g, o):
    c = np.tanh(f * c_prev + i * g)  # the memory itself is squeezed, at every word
    return o * np.tanh(c), c
