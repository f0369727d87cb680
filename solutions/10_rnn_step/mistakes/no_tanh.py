# fails: every check; first at: step 1, quantity h
import numpy as np


def rnn_step(x, h_prev, U, W, a):
    # the sum is handed on as it is, so it can grow from word to word
    return np.dot(x, U.T) + np.dot(h_prev, W.T) + a
