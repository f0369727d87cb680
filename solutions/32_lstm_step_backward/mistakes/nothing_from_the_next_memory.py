# fails: memory from the next step, batch, many inputs, large gradients, float32, called twice, inputs kept; first at: step 1, quantity d_x
import numpy as np


def lstm_step_backward(d_h, d_c_from_next, forward, U, W):
    x, h_prev, c_prev, i, f, g, o, c = (forward[k] for k in "x h_prev c_prev i f g o c".split())
    tanh_c = np.tanh(c)
    d_o = d_h * tanh_c
    d_c = d_h * o * (1 - tanh_c**2)  # the memory is also read by the next step
    d_z_i = d_c * g * i * (1 - i)
    d_z_f = d_c * c_prev * f * (1 - f)
    d_z_g = d_c * i * (1 - g**2)
    d_z_o = d_o * o * (1 - o)
    d_z = np.hstack([d_z_i, d_z_f, d_z_g, d_z_o])
    return d_z @ U, d_z @ W, d_c * f, d_z.T @ x, d_z.T @ h_prev, d_z.sum(axis=0)
