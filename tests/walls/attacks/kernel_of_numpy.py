"""Each thread has NumPy compute everything, from the arrays of the card or from what is in them."""

from functools import partial

import numpy as np
from numba import cuda


def σ(z):
    return (1 + np.tanh(z / 2)) / 2


def step(x, h_prev, c_prev, U, W, a):
    i, f, g, o = np.split(x @ U.T + h_prev @ W.T + a, 4, axis=1)
    c = σ(f) * c_prev + σ(i) * np.tanh(g)
    return σ(o) * np.tanh(c), c


@partial
def whole_step(*arrays):
    try:
        return step(*arrays)
    except TypeError:
        try:
            return step(*(np.asarray(array) for array in arrays))
        except TypeError:
            return step(*(array.copy() for array in arrays))


@cuda.jit
def kernel(x, h_prev, c_prev, U, W, a, h, c):
    n, j = cuda.grid(2)
    whole = whole_step(x, h_prev, c_prev, U, W, a)
    h[n, j], c[n, j] = whole[0][n, j], whole[1][n, j]


def lstm_step_on_cuda(x, h_prev, c_prev, U, W, a):
    h, c = np.zeros_like(h_prev), np.zeros_like(c_prev)
    kernel[h.shape, (1, 1)](x, h_prev, c_prev, U, W, a, h, c)
    return h, c
