# fails: every check; first at: step 1, quantity h
import numpy as np


def rnn_unroll(x, h_0, U, W, a):
    T = x.shape[0]
    h = {-1: h_0}
    for t in range(T):
        h[t] = np.tanh(x[t] @ U.T + h[t - 1] @ W.T + a)
    return np.array([h[t - 1] for t in range(T)])  # one too early: h_0 is there, the last is not
