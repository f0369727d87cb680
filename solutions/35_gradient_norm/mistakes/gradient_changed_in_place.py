# fails: inputs kept; first at: input d_h_from_loss
import numpy as np


def gradient_norms(d_h_from_loss, h, W):
    T, N, H = h.shape
    norms = np.zeros((T, N), h.dtype)
    d_h_next = np.zeros((N, H), h.dtype)
    for t in range(T - 1, -1, -1):
        d_h = d_h_from_loss[t]
        d_h += d_h_next  # this is a part of the caller's array
        norms[t] = np.linalg.norm(d_h, axis=1)
        d_z = d_h * (1 - h[t] ** 2)
        d_h_next = d_z @ W
    return norms
