"""Exercise 50: the step, compiled by Numba."""

import numpy as np
from numba import njit


def lstm_step_jitted(x, h_prev, c_prev, U, W, a):
    """As in exercise 22, in loops, with @njit above it.

    for each sentence n and each unit j:
        z_q = sum of U_q[j, d] x[n, d] + sum of W_q[j, k] h_prev[n, k] + a_q[j]    q = i, f, g, o
        c[n, j] = f c_prev[n, j] + i g,   h[n, j] = o tanh(c[n, j])

    x (N, D), h_prev, c_prev (N, H), U (4H, D), W (4H, H), a (4H,)  ->  h, c, each (N, H)
    """
    raise NotImplementedError("lstm_step_jitted: loop over sentences and units, return h, c")
