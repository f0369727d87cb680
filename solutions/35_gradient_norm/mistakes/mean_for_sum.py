# fails: every check; first at: step 1, quantity d_h_norm
import numpy as np


def gradient_norms(d_h_from_loss, h, W):
    T, N, H = h.shape
    norms = np.zeros((T, N), h.dtype)
    d_h_next = np.zeros((N, H), h.dtype)
    for t in range(T - 1, -1, -1):
        d_h = d_h_from_loss[t] + d_h_next
        norms[t] = np.sqrt(np.mean(d_h**2, axis=1))  # a network with more units would seem no longer
        d_z = d_h * (1 - h[t] ** 2)
        d_h_next = d_z @ W
    return norms
