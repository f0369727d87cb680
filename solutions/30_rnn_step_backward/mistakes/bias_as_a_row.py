# fails: every check; first at: shape
import numpy as np


def rnn_step_backward(d_h, x, h_prev, h, U, W):
    d_z = d_h * (1 - h**2)
    d_a = np.sum(d_z, axis=0, keepdims=True)  # (1, H); a is (H,)
    return d_z @ U, d_z @ W, d_z.T @ x, d_z.T @ h_prev, d_a
