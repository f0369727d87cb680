"""Exercise 20: the gates of the LSTM."""

import numpy as np


def lstm_gates(x, h_prev, U, W, a):
    """The three gates i, f, o and the new information g of one step.

    z = U x + W h_prev + a      (four blocks of H numbers, in the order i, f, g, o)
    i, f, o = σ(z_i), σ(z_f), σ(z_o);  g = tanh(z_g)

    x (N, D), h_prev (N, H), U (4H, D), W (4H, H), a (4H,)  ->  i, f, g, o, each (N, H)
    """
    raise NotImplementedError("lstm_gates: compute z, split it into four, return i, f, g, o")
