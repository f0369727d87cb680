# fails: every check; first at: step 1, quantity g
import numpy as np


def sigmoid(z):
    return (1 + np.tanh(z / 2)) / 2


def lstm_gates(x, h_prev, U, W, a):
    H = h_prev.shape[1]
    gates = sigmoid(x @ U.T + h_prev @ W.T + a)  # all four alike, but g is no switch
    return gates[:, :H], gates[:, H : 2 * H], gates[:, 2 * H : 3 * H], gates[:, 3 * H :]
