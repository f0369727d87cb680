# fails: every check; first at: quantity v_new
import numpy as np


def adam(w, d, m, v, t, learning_rate, beta1, beta2, epsilon):
    m_new = beta1 * m + (1 - beta1) * d
    v_new = beta2 * v + (1 - beta2) * d  # the mean of the gradient again, and it can be negative
    m_hat = m_new / (1 - beta1**t)
    v_hat = v_new / (1 - beta2**t)
    with np.errstate(invalid="ignore"):
        w_new = w - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return w_new, m_new, v_new
