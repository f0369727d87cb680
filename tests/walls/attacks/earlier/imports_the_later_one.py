"""An earlier answer that imports the later one, which imports it."""

from rnn_unroll import rnn_unroll


def rnn_step(x, h_prev, U, W, a):
    return rnn_unroll(x[None], h_prev, U, W, a)[0]
