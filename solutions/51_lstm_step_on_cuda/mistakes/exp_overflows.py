# fails: large values; first at: step 1, quantity c
import math

import numpy as np
from numba import cuda

THREADS = (4, 8)


@cuda.jit(device=True)
def σ(z):
    return math.exp(z) / (1 + math.exp(z))  # inf / inf


@cuda.jit
def kernel(x, h_prev, c_prev, U, W, a, h, c):
    n, j = cuda.grid(2)
    N, H = h.shape
    if n < N and j < H:  # the last blocks stick out over the edge
        z_i, z_f, z_g, z_o = a[j], a[H + j], a[2 * H + j], a[3 * H + j]
        for d in range(x.shape[1]):
            z_i += U[j, d] * x[n, d]
            z_f += U[H + j, d] * x[n, d]
            z_g += U[2 * H + j, d] * x[n, d]
            z_o += U[3 * H + j, d] * x[n, d]
        for k in range(H):
            z_i += W[j, k] * h_prev[n, k]
            z_f += W[H + j, k] * h_prev[n, k]
            z_g += W[2 * H + j, k] * h_prev[n, k]
            z_o += W[3 * H + j, k] * h_prev[n, k]
        c[n, j] = σ(z_f) * c_prev[n, j] + σ(z_i) * math.tanh(z_g)
        h[n, j] = σ(z_o) * math.tanh(c[n, j])


def lstm_step_on_cuda(x, h_prev, c_prev, U, W, a):
    N, H = h_prev.shape
    h, c = np.zeros_like(h_prev), np.zeros_like(c_prev)
    blocks = math.ceil(N / THREADS[0]), math.ceil(H / THREADS[1])
    kernel[blocks, THREADS](x, h_prev, c_prev, U, W, a, h, c)
    return h, c
