"""Exercise 24: from the last state to the loss."""

import numpy as np


def cross_entropy(h_n, V, b, y):
    """Softmax of V h_n + b, and how far it is from the right answer, as a logarithm.

    y_hat = softmax(V h_n + b)
    loss = -(sum of y * ln(y_hat) over the classes)      one number for each sentence
    mean_loss = mean of loss over the sentences

    h_n (N, H), V (K, H), b (K,), y (N, K)  ->  y_hat (N, K), loss (N,), mean_loss ()
    """
    raise NotImplementedError("cross_entropy: compute ln(y_hat) from the scores, then the loss")
