# fails: every check; first at: step 1, quantity h
import numpy as np


def cell_update(c_prev, i, f, g, o):
    c = f * c_prev + i * g
    return o * c, c  # as large as the memory has become
