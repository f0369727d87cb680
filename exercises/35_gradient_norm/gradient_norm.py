"""Exercise 35: how far back the loss is felt."""

import numpy as np


def gradient_norms(d_h_from_loss, h, W):
    """The norm of d_h at every word, from the last to the first.

    for t = T … 1:  d_h = d_h_from_loss_t + d_h_from_next      d_h_from_next begins at 0
                    norm_t = sqrt(sum over the units of d_h^2)
                    d_h_from_next = W^T (d_h * (1 - h_t^2))

    d_h_from_loss, h (T, N, H), W (H, H)  ->  norms (T, N)
    """
    raise NotImplementedError("gradient_norms: from the last word to the first, return the norms")
