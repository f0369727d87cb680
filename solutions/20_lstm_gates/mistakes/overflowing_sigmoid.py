# fails: large values; first at: step 1, quantity i
import numpy as np


def sigmoid(z):
    return np.exp(z) / (1 + np.exp(z))  # e^1000 is inf, and inf / inf is NaN


def lstm_gates(x, h_prev, U, W, a):
    z = x @ U.T + h_prev @ W.T + a
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)
    return sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)
