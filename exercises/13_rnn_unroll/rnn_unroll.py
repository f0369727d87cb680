"""Exercise 13: the RNN reads a sentence."""

import numpy as np


def rnn_unroll(x, h_0, U, W, a):
    """One step for each word; each h goes into the next step.

    z_t = U x_t + W h_(t-1) + a      for t = 1 … T, beginning with h_0
    h_t = tanh(z_t)

    x (T, N, D), h_0 (N, H), U (H, D), W (H, H), a (H,)  ->  h (T, N, H)
    """
    raise NotImplementedError("rnn_unroll: repeat the step for each word, return all h")
