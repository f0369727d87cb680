"""Guards itself by an alarm, and says good-bye at the end."""
import atexit
import signal

import numpy as np


def too_long(number, frame):
    raise TimeoutError("too long")


signal.signal(signal.SIGALRM, too_long)
signal.signal(signal.SIGTERM, too_long)
signal.signal(signal.SIGINT, signal.SIG_IGN)
atexit.register(print, "good-bye")


def rnn_step(x, h_prev, U, W, a):
    signal.alarm(5)
    try:
        return np.tanh(x @ U.T + h_prev @ W.T + a)
    finally:
        signal.alarm(0)
