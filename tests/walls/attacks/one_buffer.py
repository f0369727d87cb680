"""Returns the same buffer at every step, so that only the last one is right in the end."""
import numpy as np

buffers = {}


def rnn_step(x, h_prev, U, W, a):
    buffer = buffers.setdefault((h_prev.shape, h_prev.dtype), np.empty_like(h_prev))
    return np.tanh(x @ U.T + h_prev @ W.T + a, out=buffer)
