"""Exercise 43, a right answer."""

import numpy as np


def adam(w, d, m, v, t, learning_rate, beta1, beta2, epsilon):
    """The two running means, corrected for their start at 0, and the step."""
    m_new = beta1 * m + (1 - beta1) * d
    v_new = beta2 * v + (1 - beta2) * d**2
    m_hat = m_new / (1 - beta1**t)
    v_hat = v_new / (1 - beta2**t)
    w_new = w - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return w_new, m_new, v_new
