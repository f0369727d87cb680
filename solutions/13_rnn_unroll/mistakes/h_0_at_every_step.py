# fails: three words, batch, long sentence, large values, float32, called twice, inputs kept; first at: step 2, quantity h
import numpy as np


def rnn_unroll(x, h_0, U, W, a):
    h = []
    for x_t in x:
        h.append(np.tanh(x_t @ U.T + h_0 @ W.T + a))  # each word is read as if it were the first
    return np.array(h)
