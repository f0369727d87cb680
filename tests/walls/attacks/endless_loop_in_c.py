"""Runs for ever inside one call of C, where no signal handler of Python's is run."""
import itertools


def rnn_step(x, h_prev, U, W, a):
    return sum(itertools.repeat(0))
