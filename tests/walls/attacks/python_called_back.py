"""Calls Python back from compiled code, through ctypes."""

import ctypes

import numpy as np
from numba import njit

GIVEN = {}


def step(x, h_prev, c_prev, U, W, a):
    z = np.einsum("nd,kd->nk", x, U) + np.einsum("nj,kj->nk", h_prev, W) + a
    i, f, g, o = np.split(z, 4, axis=1)
    c = (1 + np.tanh(f / 2)) / 2 * c_prev + (1 + np.tanh(i / 2)) / 2 * np.tanh(g)
    return (1 + np.tanh(o / 2)) / 2 * np.tanh(c), c


@ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 8, *[ctypes.c_int64] * 3)
def back(x, h_prev, c_prev, U, W, a, h, c, N, D, H):
    def array(at, *shape):
        floats = ctypes.POINTER(ctypes.c_double)
        return np.ctypeslib.as_array(ctypes.cast(at, floats), shape)

    here, there = array(h, N, H), array(c, N, H)
    here[...], there[...] = step(
        array(x, N, D), array(h_prev, N, H), array(c_prev, N, H),
        array(U, 4 * H, D), array(W, 4 * H, H), array(a, 4 * H),
    )  # fmt: skip


@njit
def lstm_step_jitted(x, h_prev, c_prev, U, W, a):
    h, c = np.empty_like(h_prev), np.empty_like(c_prev)
    back(
        x.ctypes.data, h_prev.ctypes.data, c_prev.ctypes.data, U.ctypes.data, W.ctypes.data,
        a.ctypes.data, h.ctypes.data, c.ctypes.data, x.shape[0], x.shape[1], h.shape[1],
    )
    return h, c
