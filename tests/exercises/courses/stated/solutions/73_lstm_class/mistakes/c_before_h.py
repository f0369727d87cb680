# fails: every check; first at: step 1, quantity c
import numpy as np


def sigmoid(z):
    return (1 + np.tanh(z / 2)) / 2


class LSTMCell:
    def __init__(self, U, W, b_ih, b_hh):
        self.U, self.W, self.a = U, W, b_ih + b_hh

    def step(self, x, state):
        h, c = state
        i, f, g, o = np.split(x @ self.U.T + h @ self.W.T + self.a, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        return h, (c, h)
