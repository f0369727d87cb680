# fails: several words, batch, different lengths, large values, float32, called twice, inputs kept; first at: step 2, quantity c
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
    T, N, _ = x.shape
    H = h_0.shape[1]
    h = np.zeros((T, N, H))
    c = np.zeros((T, N, H))
    h_prev, c_prev = h_0, c_0
    for t in range(T):
        going = (t < lengths)[:, None]
        h_new, c_new = lstm_step(x[t], h_prev, c_prev, U, W, a)  # c_prev stays c_0
        h[t] = np.where(going, h_new, h_prev)
        c[t] = np.where(going, c_new, c[t - 1])
        h_prev = h[t]
    return h, c
