# fails: every check; first at: step 1, quantity c
import numpy as np


def sigmoid(z):
    return (1 + np.tanh(z / 2)) / 2


def lstm_step(x, h_prev, c_prev, U, W, a):
    H = h_prev.shape[1]
    z = x @ U.T + h_prev @ W.T + a
    f = sigmoid(z[:, 0:H])  # the article names f first, but the first block is that of i
    i = sigmoid(z[:, H : 2 * H])
    g = np.tanh(z[:, 2 * H : 3 * H])
    o = sigmoid(z[:, 3 * H : 4 * H])
    c = f * c_prev + i * g
    h = o * np.tanh(c)
    return h, c
