"""Runs for ever in machine code."""
from numba import njit


@njit
def spin(n):
    while n < 2:
        n = 1 - n
    return n


def rnn_step(x, h_prev, U, W, a):
    return h_prev + spin(0)
