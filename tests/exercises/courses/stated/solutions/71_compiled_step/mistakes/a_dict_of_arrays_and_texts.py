# fails: compiles; first at: exception TypingError
import numpy as np


def rnn_step(x, h_prev, U, W, a):
    z = {}
    for unit in range(len(a)):
        z[unit] = np.sum(x * U[unit], axis=1) + np.sum(h_prev * W[unit], axis=1) + a[unit]
    z["units"] = len(a)
    return np.stack([np.tanh(z[unit]) for unit in range(z["units"])], axis=1)
