# fails: every check; first at: step 1, quantity h
import numpy as np


def rnn_unroll(x, h_0, U, W, a):
    T, N, D = x.shape
    h = np.zeros((T, N, W.shape[0]), x.dtype)
    h[0] = h_0  # the state before the first word; the first word itself is never read
    for t in range(1, T):
        h[t] = np.tanh(x[t] @ U.T + h[t - 1] @ W.T + a)
    return h
