"""Exercise 10, a right answer."""

import numpy as np


def rnn_step(x, h_prev, U, W, a):
    """``h = tanh(U x + W h_prev + a)``, a row for each sentence."""
    z = x @ U.T + h_prev @ W.T + a  # (N, H)
    return np.tanh(z)
