"""Exercise 32, a right answer."""

import numpy as np


def lstm_step_backward(d_h, d_c_from_next, forward, U, W):
    """The equations of the step, from the last to the first."""
    x, h_prev, c_prev = forward["x"], forward["h_prev"], forward["c_prev"]
    i, f, g, o = forward["i"], forward["f"], forward["g"], forward["o"]
    tanh_c = np.tanh(forward["c"])

    d_o = d_h * tanh_c
    d_c = d_h * o * (1 - tanh_c**2) + d_c_from_next
    d_i, d_f, d_g = d_c * g, d_c * c_prev, d_c * i

    d_z_i, d_z_f, d_z_o = d_i * i * (1 - i), d_f * f * (1 - f), d_o * o * (1 - o)
    d_z_g = d_g * (1 - g**2)
    d_z = np.concatenate([d_z_i, d_z_f, d_z_g, d_z_o], axis=1)  # (N, 4H)

    d_x, d_h_prev, d_c_prev = d_z @ U, d_z @ W, f * d_c
    d_U, d_W, d_a = d_z.T @ x, d_z.T @ h_prev, d_z.sum(axis=0)
    return d_x, d_h_prev, d_c_prev, d_U, d_W, d_a
