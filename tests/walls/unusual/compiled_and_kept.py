"""Compiled by Numba, with a cache on disk, in parallel."""
import numpy as np
from numba import njit, prange


@njit(cache=True, parallel=True)
def rows(z, h):
    for n in prange(z.shape[0]):
        for k in range(z.shape[1]):
            h[n, k] = np.tanh(z[n, k])


def rnn_step(x, h_prev, U, W, a):
    z = x @ U.T + h_prev @ W.T + a
    h = np.empty_like(z)
    rows(z, h)
    return h
