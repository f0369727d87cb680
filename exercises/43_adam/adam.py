"""Exercise 43: one step of Adam."""

import numpy as np


def adam(w, d, m, v, t, learning_rate, beta1, beta2, epsilon):
    """The weights move against the running mean of the gradient, over the root of its square's.

    m_new = beta1 * m + (1 - beta1) * d,    m_hat = m_new / (1 - beta1^t)
    v_new = beta2 * v + (1 - beta2) * d^2,  v_hat = v_new / (1 - beta2^t)
    w_new = w - learning_rate * m_hat / (sqrt(v_hat) + epsilon)

    w, d, m, v (H, D), t a whole number from 1, the others one number each
    ->  w_new, m_new, v_new, each (H, D)
    """
    raise NotImplementedError("adam: compute m_new and v_new, then return w_new, m_new, v_new")
