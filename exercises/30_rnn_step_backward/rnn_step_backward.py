"""Exercise 30: one step of the RNN, backward."""

import numpy as np


def rnn_step_backward(d_h, x, h_prev, h, U, W):
    """From the gradient of h to those of everything that the step has read.

    d_z = d_h * (1 - h^2)
    d_x = U^T d_z,  d_h_prev = W^T d_z
    d_U = d_z x^T,  d_W = d_z h_prev^T,  d_a = d_z      (added up over the sentences)

    d_h, h_prev, h (N, H), x (N, D), U (H, D), W (H, H)
    ->  d_x (N, D), d_h_prev (N, H), d_U (H, D), d_W (H, H), d_a (H,)
    """
    raise NotImplementedError("rnn_step_backward: compute d_z, then return five gradients")
