"""Prints without end, as one line and as many, on both streams."""
import os
import sys


def rnn_step(x, h_prev, U, W, a):
    while True:
        os.write(2, b"x" * 65536)
        os.write(1, b"\n" * 65536)
        sys.stdout.write("y" * 1000)
