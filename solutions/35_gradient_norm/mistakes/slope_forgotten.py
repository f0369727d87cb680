# fails: several words, batch, long sentence, large gradients, float32, called twice, inputs kept; first at: step 3, quantity d_h_norm
import numpy as np


def gradient_norms(d_h_from_loss, h, W):
    T, N, H = h.shape
    norms = np.zeros((T, N), h.dtype)
    d_h_next = np.zeros((N, H), h.dtype)
    for t in range(T - 1, -1, -1):
        d_h = d_h_from_loss[t] + d_h_next
        norms[t] = np.linalg.norm(d_h, axis=1)
        d_z = d_h  # as if h were z
        d_h_next = d_z @ W
    return norms
