# fails: state and bias, batch, large values, float32, called twice, inputs kept; first at: step 1, quantity i
import numpy as np


def sigmoid(z):
    return (1 + np.tanh(z / 2)) / 2


def lstm_gates(x, h_prev, U, W, a):
    z = x @ U.T + h_prev @ W.T  # a came, but is not read
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)
    return sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)
