"""Exercise 33: the LSTM, backward through time."""

import numpy as np


def lstm_forward(x, lengths, h_0, c_0, U, W, a):
    """The LSTM reads all sentences, as in exercise 23, and keeps what the way back needs.

    x (T, N, D), lengths (N,), h_0, c_0 (N, H), U (4H, D), W (4H, H), a (4H,)
    ->  h, c, each (T, N, H), and cache: anything you like
    """
    raise NotImplementedError("lstm_forward: as exercise 23, and return a cache too")


def lstm_backward(d_h_from_loss, d_h_T, d_c_T, cache):
    """From the last word to the first, adding up the gradients of the weights.

    d_h = d_h_from_loss_t + d_h_from_next      (at the last step d_h_T comes from next, and d_c_T)
    then as in exercise 32; where a sentence is over, its gradients pass through unchanged

    d_h_from_loss (T, N, H), d_h_T, d_c_T (N, H)
    ->  d_x (T, N, D), d_h_0, d_c_0 (N, H), d_U (4H, D), d_W (4H, H), d_a (4H,)
    """
    raise NotImplementedError("lstm_backward: repeat the step back for each word, last word first")
