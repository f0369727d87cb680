# fails: every check; first at: step 1, quantity d_x
import numpy as np


def rnn_step_backward(d_h, x, h_prev, h, U, W):
    d_z = d_h * (1 - np.tanh(h) ** 2)  # h has been through tanh already
    d_x = np.dot(d_z, U)
    d_h_prev = np.dot(d_z, W)
    d_U = np.dot(d_z.T, x)
    d_W = np.dot(d_z.T, h_prev)
    d_a = np.sum(d_z, axis=0)
    return d_x, d_h_prev, d_U, d_W, d_a
