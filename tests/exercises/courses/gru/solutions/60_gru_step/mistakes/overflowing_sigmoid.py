# fails: large values; first at: quantity h
import numpy as np


def σ(z):
    return np.exp(z) / (1 + np.exp(z))


def gru_step(x, h_prev, U, W, a):
    U_r, U_u, U_n = np.split(U, 3)
    W_r, W_u, W_n = np.split(W, 3)
    a_r, a_u, a_n = np.split(a, 3)
    r = σ(x @ U_r.T + h_prev @ W_r.T + a_r)
    u = σ(x @ U_u.T + h_prev @ W_u.T + a_u)
    n = np.tanh(x @ U_n.T + (r * h_prev) @ W_n.T + a_n)
    return u * h_prev + (1 - u) * n
