# fails: every check; first at: step 1, quantity c
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
    H = W.shape[1]
    h = np.zeros((N, H))  # h_0 came, but is not read
    c = np.zeros((N, H))  # nor is c_0
    hs, cs = [], []
    for t in range(T):
        h_new, c_new = lstm_step(x[t], h, c, U, W, a)
        going = (t < lengths)[:, None]
        h = np.where(going, h_new, h)
        c = np.where(going, c_new, c)
        hs.append(h)
        cs.append(c)
    return np.array(hs), np.array(cs)
