# fails: every check; first at: quantity w_new
import numpy as np


def adam(w, d, m, v, t, learning_rate, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * d
    v = beta2 * v + (1 - beta2) * np.square(d)
    m_hat = m / (1 - np.power(beta1, t))
    v_hat = v / (1 - np.power(beta2, t))
    w = w - learning_rate * m_hat / np.sqrt(v_hat + epsilon)  # as other optimisers have it
    return w, m, v
