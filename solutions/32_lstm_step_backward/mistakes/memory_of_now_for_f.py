# fails: every check; first at: step 1, quantity d_x
import numpy as np


def lstm_step_backward(d_h, d_c_from_next, forward, U, W):
    x, h_prev, c_prev, i, f, g, o, c = (forward[k] for k in "x h_prev c_prev i f g o c".split())
    tanh_c = np.tanh(c)
    d_o = d_h * tanh_c
    d_c = d_h * o * (1 - tanh_c**2) + d_c_from_next
    d_f = d_c * c  # f was multiplied with the memory before it, not with the new one
    d_i = d_c * g
    d_g = d_c * i
    d_z = np.concatenate(
        [d_i * i * (1 - i), d_f * f * (1 - f), d_g * (1 - g**2), d_o * o * (1 - o)], axis=1
    )
    return d_z @ U, d_z @ W, d_c * f, d_z.T @ x, d_z.T @ h_prev, d_z.sum(axis=0)
