"""Reads at the address 0."""
import ctypes


def rnn_step(x, h_prev, U, W, a):
    return ctypes.string_at(0)
