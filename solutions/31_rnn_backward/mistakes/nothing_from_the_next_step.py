# fails: several words, batch, long sentence, large gradients, float32, called twice, inputs kept; first at: step 3, quantity d_x
import numpy as np


def rnn_backward(d_h_from_loss, x, h_0, h, U, W):
    T, N, D = x.shape
    d_x = np.zeros_like(x)
    d_U, d_W = np.zeros_like(U), np.zeros_like(W)
    d_a = np.zeros(W.shape[0], W.dtype)
    d_h_next = np.zeros_like(h_0)
    for t in range(T - 1, -1, -1):
        h_prev = h[t - 1] if t > 0 else h_0
        d_h = d_h_from_loss[t]  # each word hears of its own output only
        d_z = d_h * (1 - h[t] ** 2)
        d_x[t] = d_z @ U
        d_U += d_z.T @ x[t]
        d_W += d_z.T @ h_prev
        d_a += d_z.sum(axis=0)
        d_h_next = d_z @ W
    return d_x, d_h_next, d_U, d_W, d_a
