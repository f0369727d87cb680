# fails: first word, later word, batch, float32, called twice, inputs kept; first at: step 1, quantity c
import numpy as np


def cell_update(c_prev, i, f, g, o):
    c = f * c_prev + g  # i is left out: all that is new is written
    h = o * np.tanh(c)
    return h, c
