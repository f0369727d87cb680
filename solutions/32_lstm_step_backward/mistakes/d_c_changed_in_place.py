# fails: inputs kept; first at: input d_c_from_next
import numpy as np


def lstm_step_backward(d_h, d_c_from_next, forward, U, W):
    x, h_prev, c_prev, i, f, g, o, c = (forward[k] for k in "x h_prev c_prev i f g o c".split())
    tanh_c = np.tanh(c)
    d_c = d_c_from_next
    d_c += d_h * o * (1 - tanh_c**2)  # this is the caller's array
    d_o = d_h * tanh_c
    d_z = np.concatenate(
        [
            d_c * g * i * (1 - i),
            d_c * c_prev * f * (1 - f),
            d_c * i * (1 - g**2),
            d_o * o * (1 - o),
        ],
        axis=1,
    )
    return d_z @ U, d_z @ W, d_c * f, d_z.T @ x, d_z.T @ h_prev, d_z.sum(axis=0)
