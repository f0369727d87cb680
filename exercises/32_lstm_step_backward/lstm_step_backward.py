"""Exercise 32: one step of the LSTM, backward."""

import numpy as np


def lstm_step_backward(d_h, d_c_from_next, forward, U, W):
    """From the gradients of h and c to those of everything that the step has read.

    d_o = d_h * tanh(c),  d_c = d_h * o * (1 - tanh(c)^2) + d_c_from_next
    d_i = d_c * g,  d_f = d_c * c_prev,  d_g = d_c * i
    d_z_i = d_i * i * (1 - i), d_z_f and d_z_o alike;  d_z_g = d_g * (1 - g^2)
    d_x = U^T d_z,  d_h_prev = W^T d_z,  d_c_prev = f * d_c
    d_U = d_z x^T,  d_W = d_z h_prev^T,  d_a = d_z      (added up over the sentences)

    d_h, d_c_from_next (N, H), U (4H, D), W (4H, H)
    forward: a dict with x (N, D) and h_prev, c_prev, i, f, g, o, c, each (N, H)
    ->  d_x (N, D), d_h_prev (N, H), d_c_prev (N, H), d_U (4H, D), d_W (4H, H), d_a (4H,)
    """
    raise NotImplementedError("lstm_step_backward: go back from d_h and d_c, return six gradients")
