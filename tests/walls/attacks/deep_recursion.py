"""Calls itself until the stack of C is full."""
import sys


class Deep:
    def __repr__(self):
        return repr(self)

    def __getattr__(self, name):
        return getattr(self, name + "x")


def rnn_step(x, h_prev, U, W, a):
    sys.setrecursionlimit(10**9)
    return Deep().x or repr(Deep())
