# fails: first word, later word, batch, float32, called twice, inputs kept; first at: step 1, quantity c
import numpy as np


def cell_update(c_prev, i, f, g, o):
    c = f * c_prev + (1 - f) * g  # one switch for both terms, as in a GRU
    h = o * np.tanh(c)
    return h, c
