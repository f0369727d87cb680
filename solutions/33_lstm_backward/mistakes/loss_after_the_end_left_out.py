# fails: different lengths, many inputs, float32, called twice, inputs kept; first at: step 3, quantity d_x
import numpy as np


def sigmoid(z):
    return (1 + np.tanh(z / 2)) / 2


def lstm_forward(x, lengths, h_0, c_0, U, W, a):
    T, N, D = x.shape
    H = h_0.shape[1]
    h, c = h_0, c_0
    cache = {"x": x, "U": U, "W": W, "lengths": lengths, "steps": []}
    hs = np.zeros((T, N, H), x.dtype)
    cs = np.zeros((T, N, H), x.dtype)
    for t in range(T):
        z = x[t] @ U.T + h @ W.T + a
        i = sigmoid(z[:, :H])
        f = sigmoid(z[:, H : 2 * H])
        g = np.tanh(z[:, 2 * H : 3 * H])
        o = sigmoid(z[:, 3 * H :])
        c_next = f * c + i * g
        h_next = o * np.tanh(c_next)
        cache["steps"].append((h, c, i, f, g, o, c_next))
        on = (t < lengths)[:, None]
        h = np.where(on, h_next, h)
        c = np.where(on, c_next, c)
        hs[t], cs[t] = h, c
    return hs, cs, cache


def lstm_backward(d_h_from_loss, d_h_T, d_c_T, cache):
    x, U, W, lengths = cache["x"], cache["U"], cache["W"], cache["lengths"]
    T, N, D = x.shape
    d_x = np.zeros_like(x)
    d_U, d_W = np.zeros_like(U), np.zeros_like(W)
    d_a = np.zeros(len(U), U.dtype)
    d_h_next = d_h_T
    d_c_next = d_c_T
    for t in range(T - 1, -1, -1):
        h_prev, c_prev, i, f, g, o, c = cache["steps"][t]
        on = (t < lengths)[:, None]
        d_h = d_h_from_loss[t] + d_h_next
        tanh_c = np.tanh(c)
        d_o = d_h * tanh_c
        d_c = d_c_next + d_h * o * (1 - tanh_c**2)
        d_z_i = d_c * g * i * (1 - i)
        d_z_f = d_c * c_prev * f * (1 - f)
        d_z_g = d_c * i * (1 - g**2)
        d_z_o = d_o * o * (1 - o)
        d_z = np.hstack([d_z_i, d_z_f, d_z_g, d_z_o]) * on
        d_x[t] = d_z @ U
        d_U += d_z.T @ x[t]
        d_W += d_z.T @ h_prev
        d_a += d_z.sum(axis=0)
        d_h_next = np.where(on, d_z @ W, d_h_next)  # without d_h_from_loss[t]
        d_c_next = np.where(on, f * d_c, d_c_next)
    return d_x, d_h_next, d_c_next, d_U, d_W, d_a
