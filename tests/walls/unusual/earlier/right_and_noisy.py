"""A right earlier answer that prints where it is imported, and defines what nobody asked for."""

import numpy as np

print("ready")
np_tanh = np.tanh


class Step:
    def __call__(self, x, h_prev, U, W, a):
        return np_tanh(x @ U.T + h_prev @ W.T + a)


rnn_step = Step()
