# fails: every check; first at: step 1, quantity c
import numpy as np


def sigmoid(z):
    return (1 + np.tanh(z / 2)) / 2


def lstm_step(x, h_prev, c_prev, U, W, a):
    z = x @ U.T + h_prev @ W.T + a
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)
    i, f, g, o = sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)
    c = f * c_prev + i * g
    h = o * np.tanh(c)
    return c, h  # Flax returns them like this
