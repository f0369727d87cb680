"""Imports an earlier answer that tells what it is given where the fault is looked for."""

import numpy as np
from rnn_step import rnn_step


def rnn_unroll(x, h_0, U, W, a):
    h, states = h_0, []
    for x_t in x:
        h = rnn_step(x_t, h, U, W, a)
        states.append(h)
    return np.stack(states)
