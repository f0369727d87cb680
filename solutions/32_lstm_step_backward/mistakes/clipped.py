# fails: large gradients; first at: step 1, quantity d_x
import numpy as np


def lstm_step_backward(d_h, d_c_from_next, forward, U, W):
    x, h_prev, c_prev, i, f, g, o, c = (forward[k] for k in "x h_prev c_prev i f g o c".split())
    tc = np.tanh(c)
    d_c = d_h * o * (1 - tc * tc) + d_c_from_next
    d_z_i, d_z_f = d_c * g * i * (1 - i), d_c * c_prev * f * (1 - f)
    d_z_g, d_z_o = d_c * i * (1 - g * g), d_h * tc * o * (1 - o)
    d_z = np.concatenate([d_z_i, d_z_f, d_z_g, d_z_o], axis=1)
    d_z = np.clip(d_z, -5, 5)  # against gradients that explode; but no step is asked to do it
    return d_z @ U, d_z @ W, d_c * f, d_z.T @ x, d_z.T @ h_prev, d_z.sum(0)
