# fails: every check; first at: exception TypingError
import numpy as np
from numba import njit


@njit
def σ(z):
    return (1 + np.tanh(z / 2)) / 2


@njit
def lstm_step_jitted(x, h_prev, c_prev, U, W, a):
    N, H = h_prev.shape
    h, c = np.empty_like(h_prev), np.empty_like(c_prev)
    z = np.empty_like(a)  # (4H,)
    for n in range(N):
        for row in range(4 * H):
            total = a[row]
            for d in range(x.shape[1]):
                total += U[row, d] * x[n, d]
            for k in range(H):
                total += W[row, k] * h_prev[n, k]
            z[row] = total
        for j in range(H):
            i, f, g, o = σ(z[j]), σ(z[H + j]), np.tanh(z[2 * H + j]), σ(z[3 * H + j])
            c[n, j] = f * c_prev[n, j] + i * g
            h[n, j] = o * np.tanh(c[n, j])
    if N == 1:
        h = h[0, 0]  # a number here, an array there
    return h, c
