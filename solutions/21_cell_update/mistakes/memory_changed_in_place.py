# fails: inputs kept; first at: input c_prev
import numpy as np


def cell_update(c_prev, i, f, g, o):
    c_prev *= f  # the array of whoever called this
    c_prev += i * g
    return o * np.tanh(c_prev), c_prev
