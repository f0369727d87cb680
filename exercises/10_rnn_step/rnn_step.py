"""Exercise 10: one step of the plain RNN."""

import numpy as np


def rnn_step(x, h_prev, U, W, a):
    """One word goes in, and the state h is brought up to date.

    z = U x + W h_prev + a      (one row of x and h_prev for each sentence of the batch)
    h = tanh(z)

    x (N, D), h_prev (N, H), U (H, D), W (H, H), a (H,)  ->  h (N, H)
    """
    raise NotImplementedError("rnn_step: compute z, then return h")
