"""Exercise 33, a right answer."""

import numpy as np


def σ(z):
    """``1 / (1 + e^(-z))``, written so that nothing overflows."""
    return (1 + np.tanh(z / 2)) / 2


def lstm_forward(x, lengths, h_0, c_0, U, W, a):
    """Exercise 23; the cache has what each step read and computed."""
    all_h, all_c, steps = [], [], []
    h, c = h_0, c_0
    for t, x_t in enumerate(x):
        z = x_t @ U.T + h @ W.T + a  # (N, 4H)
        z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)  # each (N, H)
        i, f, g, o = σ(z_i), σ(z_f), np.tanh(z_g), σ(z_o)
        c_new = f * c + i * g
        tanh_c = np.tanh(c_new)
        going = (t < lengths)[:, np.newaxis]  # (N, 1)
        steps.append((x_t, h, c, i, f, g, o, tanh_c, going))
        h, c = np.where(going, o * tanh_c, h), np.where(going, c_new, c)
        all_h.append(h)
        all_c.append(c)
    return np.stack(all_h), np.stack(all_c), (U, W, steps)


def lstm_backward(d_h_from_loss, d_h_T, d_c_T, cache):
    """The last word first; what a sentence that is over is told, it passes on."""
    U, W, steps = cache
    d_x = []
    d_U, d_W, d_a = np.zeros_like(U), np.zeros_like(W), np.zeros_like(U[:, 0])
    d_h_from_next, d_c_from_next = d_h_T, d_c_T
    for d_h_t, step in zip(reversed(d_h_from_loss), reversed(steps), strict=True):
        x_t, h_prev, c_prev, i, f, g, o, tanh_c, going = step
        d_h = d_h_t + d_h_from_next

        d_o = d_h * tanh_c
        d_c = d_h * o * (1 - tanh_c**2) + d_c_from_next
        d_i, d_f, d_g = d_c * g, d_c * c_prev, d_c * i
        d_z = np.concatenate(
            [d_i * i * (1 - i), d_f * f * (1 - f), d_g * (1 - g**2), d_o * o * (1 - o)], axis=1
        )
        d_z = np.where(going, d_z, 0)  # (N, 4H)

        d_x.append(d_z @ U)
        d_U += d_z.T @ np.where(going, x_t, 0)
        d_W += d_z.T @ h_prev
        d_a += d_z.sum(axis=0)
        d_h_from_next = np.where(going, d_z @ W, d_h)
        d_c_from_next = np.where(going, f * d_c, d_c_from_next)
    return np.stack(d_x[::-1]), d_h_from_next, d_c_from_next, d_U, d_W, d_a
