# fails: every check; first at: step 1, quantity d_x
import numpy as np


def lstm_step_backward(d_h, d_c_from_next, forward, U, W):
    x, h_prev, c_prev, i, f, g, o, c = (forward[k] for k in "x h_prev c_prev i f g o c".split())
    d_c = d_c_from_next + d_h * o * (1 - c**2)  # c has not been through tanh yet
    d_o = d_h * np.tanh(c)
    d_f = d_c * c_prev
    d_i = d_c * g
    d_g = d_c * i
    d_z = np.concatenate(
        (d_i * i * (1 - i), d_f * f * (1 - f), d_g * (1 - g * g), d_o * o * (1 - o)), axis=1
    )
    d_x = d_z.dot(U)
    d_h_prev = d_z.dot(W)
    d_c_prev = d_c * f
    return d_x, d_h_prev, d_c_prev, d_z.T.dot(x), d_z.T.dot(h_prev), np.sum(d_z, axis=0)
