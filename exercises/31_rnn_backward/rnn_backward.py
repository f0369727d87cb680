"""Exercise 31: the RNN, backward through time."""

import numpy as np


def rnn_backward(d_h_from_loss, x, h_0, h, U, W):
    """From the last word to the first; the weights' gradients are added up on the way.

    for t = T … 1:  d_h = d_h_from_loss_t + d_h_from_next      d_h_from_next begins at 0
                    d_z = d_h * (1 - h_t^2)
                    d_x_t = U^T d_z
                    d_U += d_z x_t^T,  d_W += d_z h_(t-1)^T,  d_a += d_z
                    d_h_from_next = W^T d_z                    after the first word, d_h_0

    d_h_from_loss, h (T, N, H), x (T, N, D), h_0 (N, H), U (H, D), W (H, H)
    ->  d_x (T, N, D), d_h_0 (N, H), d_U (H, D), d_W (H, H), d_a (H,)
    """
    raise NotImplementedError("rnn_backward: go from the last word to the first, return five")
