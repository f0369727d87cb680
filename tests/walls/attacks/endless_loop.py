"""Runs for ever in Python."""


def rnn_step(x, h_prev, U, W, a):
    while True:
        pass
