"""Each step calls the next one."""
import sys

import numpy as np

sys.setrecursionlimit(20_000)


def rnn_unroll(x, h_0, U, W, a):
    if not len(x):
        return np.empty((0, *h_0.shape), h_0.dtype)
    h = np.tanh(x[0] @ U.T + h_0 @ W.T + a)
    return np.concatenate([h[None], rnn_unroll(x[1:], h, U, W, a)])
