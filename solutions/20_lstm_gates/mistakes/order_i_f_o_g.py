# fails: every check; first at: step 1, quantity g
import numpy as np


def sigmoid(z):
    return (1 + np.tanh(z / 2)) / 2


def lstm_gates(x, h_prev, U, W, a):
    z = x @ U.T + h_prev @ W.T + a
    z_i, z_f, z_o, z_g = np.split(z, 4, axis=1)  # the order of another course
    return sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)
