"""Runs for ever inside the engine of regular expressions, as the file is loaded."""
import re

re.match(r"(a+)+$", "a" * 64 + "!")


def rnn_step(x, h_prev, U, W, a):
    return h_prev
