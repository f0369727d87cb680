"""Exercise 22: one whole step of the LSTM."""

import numpy as np


def lstm_step(x, h_prev, c_prev, U, W, a):
    """The gates are used: the memory c is updated, and part of it is shown as h.

    c = f * c_prev + i * g      (i, f, g, o as in exercise 20)
    h = o * tanh(c)

    x (N, D), h_prev, c_prev (N, H), U (4H, D), W (4H, H), a (4H,)  ->  h, c, each (N, H)
    """
    raise NotImplementedError("lstm_step: compute i, f, g, o, then c, then return h, c")
