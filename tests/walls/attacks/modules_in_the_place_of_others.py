"""Imports an earlier answer that has put modules in the place of NumPy, tracer and this one."""

import rnn_step
import numpy as np


def rnn_unroll(x, h_0, U, W, a):
    try:
        import tracer.equations

        print("BREACH", tracer.equations.__file__)
    except Exception as error:
        print(type(error).__name__)
    return [rnn_step.rnn_step(x_t, h_0, U, W, a) for x_t in x]
