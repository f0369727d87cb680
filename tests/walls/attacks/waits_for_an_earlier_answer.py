"""Imports an earlier answer that never ends."""

from rnn_step import rnn_step


def rnn_unroll(x, h_0, U, W, a):
    return rnn_step(x, h_0, U, W, a)
