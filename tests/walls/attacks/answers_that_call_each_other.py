"""Calls an earlier answer that calls this one, for ever."""

import numpy as np
from rnn_step import rnn_step


def rnn_unroll(x, h_0, U, W, a):
    return np.stack([rnn_step(x_t, h_0, U, W, a) for x_t in x])
