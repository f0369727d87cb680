"""Exercise 20, a right answer."""

import numpy as np


def σ(z):
    """``1 / (1 + e^(-z))``, written so that nothing overflows."""
    return (1 + np.tanh(z / 2)) / 2


def lstm_gates(x, h_prev, U, W, a):
    """Four blocks of z, in the order i, f, g, o."""
    z = x @ U.T + h_prev @ W.T + a  # (N, 4H)
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)  # each (N, H)
    return σ(z_i), σ(z_f), np.tanh(z_g), σ(z_o)
