# fails: inputs kept; first at: input h_prev
import numpy as np


def rnn_step(x, h_prev, U, W, a):
    # saves an array, but overwrites the caller's
    h_prev[:] = np.tanh(x @ U.T + h_prev @ W.T + a)
    return h_prev
