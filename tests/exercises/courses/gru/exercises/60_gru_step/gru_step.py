"""Exercise 60: one step of the GRU."""

import numpy as np


def gru_step(x, h_prev, U, W, a):
    """Two switches: r decides what of the state is read, u what of it is kept.

    r = σ(x U_r^T + h_prev W_r^T + a_r)
    u = σ(x U_u^T + h_prev W_u^T + a_u)
    n = tanh(x U_n^T + (r * h_prev) W_n^T + a_n)
    h = u * h_prev + (1 - u) * n

    x (N, D), h_prev (N, H), U (3H, D), W (3H, H), a (3H,)  ->  h (N, H)
    """
    raise NotImplementedError("gru_step: compute r, u, n, then return h")
