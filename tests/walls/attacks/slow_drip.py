"""Takes nearly all of its time in every call, so that all of them together take for ever."""
import time

import numpy as np


def rnn_step(x, h_prev, U, W, a):
    end = time.process_time() + 0.9
    while time.process_time() < end:
        pass
    return np.zeros_like(h_prev)
