# fails: every check; first at: step 1, quantity c
import numpy as np


def cell_update(c_prev, i, f, g, o):
    c = i * c_prev + f * g  # the first switch for the first term
    h = o * np.tanh(c)
    return h, c
