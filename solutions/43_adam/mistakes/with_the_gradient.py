# fails: every check; first at: quantity w_new
import numpy as np


def adam(w, d, m, v, t, learning_rate, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * d
    v = beta2 * v + (1 - beta2) * d * d
    step = learning_rate * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    w = w + step * m / (np.sqrt(v) + epsilon * np.sqrt(1 - beta2**t))  # up the hill
    return w, m, v
