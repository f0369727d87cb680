# fails: every check; first at: quantity w_new
import numpy as np


def adam(w, d, m, v, t, learning_rate, beta1, beta2, epsilon):
    m_new = beta1 * m + (1 - beta1) * d
    v_new = beta2 * v + (1 - beta2) * (d**2)
    w_new = w - learning_rate * m_new / (np.sqrt(v_new) + epsilon)  # m and v began at 0
    return w_new, m_new, v_new
