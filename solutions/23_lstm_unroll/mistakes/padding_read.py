# fails: different lengths, large values, float32, called twice, inputs kept; first at: step 2, quantity c
import numpy as np


def sigmoid(z):
    return (1 + np.tanh(z / 2)) / 2


def lstm_step(x, h_prev, c_prev, U, W, a):
    z = x @ U.T + h_prev @ W.T + a
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)
    i, f, g, o = sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)
    c = f * c_prev + i * g
    return o * np.tanh(c), c


def lstm_unroll(x, lengths, h_0, c_0, U, W, a):
    h, c, hs, cs = h_0, c_0, [], []
    for t in range(x.shape[0]):
        h, c = lstm_step(x[t], h, c, U, W, a)  # the padding is read like words
        hs.append(h)
        cs.append(c)
    return np.array(hs), np.array(cs)
