"""Imports the earlier answer as a module, by its name as text, once in every call."""

import importlib

import numpy as np


def rnn_unroll(x, h_0, U, W, a):
    earlier = importlib.reload(importlib.import_module("rnn_step"))
    h, states = h_0, []
    for x_t in x:
        h = earlier.rnn_step(x_t, h, U, W, a)
        states.append(h)
    return np.stack(states)
