# fails: every check; first at: step 1, quantity d_x
import numpy as np


def lstm_step_backward(d_h, d_c_from_next, forward, U, W):
    x, h_prev, c_prev, i, f, g, o, c = (forward[k] for k in "x h_prev c_prev i f g o c".split())
    H = d_h.shape[1]
    tc = np.tanh(c)
    d_c = d_h * o * (1 - tc * tc) + d_c_from_next
    d_z = np.empty((d_h.shape[0], 4 * H), d_h.dtype)
    d_z[:, :H] = d_c * g * i * (1 - i)
    d_z[:, H : 2 * H] = d_c * c_prev * f * (1 - f)
    d_z[:, 2 * H : 3 * H] = d_c * i * (1 - np.tanh(g) ** 2)  # g has been through tanh already
    d_z[:, 3 * H :] = d_h * tc * o * (1 - o)
    return d_z @ U, d_z @ W, d_c * f, d_z.T @ x, d_z.T @ h_prev, d_z.sum(0)
