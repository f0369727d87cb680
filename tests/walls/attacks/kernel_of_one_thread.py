"""One thread computes everything; the others only write what is there already."""

import math

import numpy as np
from numba import cuda


@cuda.jit(device=True)
def σ(z):
    return (1 + math.tanh(z / 2)) / 2


@cuda.jit
def kernel(x, h_prev, c_prev, U, W, a, h, c):
    n, j = cuda.grid(2)
    if n + j:
        h[n, j], c[n, j] = h[n, j], c[n, j]
        return
    N, H = h.shape
    for n in range(N):
        for j in range(H):
            z = cuda.local.array(4, np.float64)
            for gate in range(4):
                z[gate] = a[gate * H + j]
                for d in range(x.shape[1]):
                    z[gate] += U[gate * H + j, d] * x[n, d]
                for k in range(H):
                    z[gate] += W[gate * H + j, k] * h_prev[n, k]
            c[n, j] = σ(z[1]) * c_prev[n, j] + σ(z[0]) * math.tanh(z[2])
            h[n, j] = σ(z[3]) * math.tanh(c[n, j])


def lstm_step_on_cuda(x, h_prev, c_prev, U, W, a):
    h, c = np.zeros_like(h_prev), np.zeros_like(c_prev)
    kernel[h.shape, (1, 1)](x, h_prev, c_prev, U, W, a, h, c)
    return h, c
