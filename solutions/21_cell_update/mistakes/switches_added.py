# fails: every check; first at: step 1, quantity c
import numpy as np


def cell_update(c_prev, i, f, g, o):
    c = (f + c_prev) * (i + g)  # + and * the wrong way round
    h = o * np.tanh(c)
    return h, c
