# fails: inputs kept; first at: input m
import numpy as np


def adam(w, d, m, v, t, learning_rate, beta1, beta2, epsilon):
    m *= beta1  # these are the caller's arrays
    m += (1 - beta1) * d
    v *= beta2
    v += (1 - beta2) * d**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon), m, v
