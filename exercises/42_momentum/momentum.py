"""Exercise 42: SGD with momentum."""

import numpy as np


def momentum_step(w, d, m, learning_rate, momentum):
    """The gradient pushes the velocity, and the weights move against it.

    m_new = momentum * m + d
    w_new = w - learning_rate * m_new

    w, d, m (H, D), learning_rate and momentum one number each  ->  w_new, m_new, each (H, D)
    """
    raise NotImplementedError("momentum_step: compute m_new, then return w_new and m_new")
