# fails: every check; first at: step 1, quantity h
import numpy as np


def rnn_unroll(x, h_0, U, W, a):
    T, N, D = x.shape
    h = np.zeros((T, N, W.shape[0]), x.dtype)
    for t in range(T):
        # at t = 0 this is h[-1]: the last row, which is still 0
        h[t] = np.tanh(x[t] @ U.T + h[t - 1] @ W.T + a)
    return h
