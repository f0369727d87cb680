"""Returns one step too many, one too few, and a generator that ends when it likes."""
import random

import numpy as np

def rnn_unroll(x, h_0, U, W, a):
    draw = random.randrange(24)

    def steps(count):
        h = h_0
        for t in range(count):
            h = np.tanh(x[t % len(x)] @ U.T + h @ W.T + a)
            yield h

    if draw % 3 == 0:
        return steps(len(x))
    return np.stack(list(steps(len(x) + (1, -1)[draw % 2] if len(x) > 1 else 2)))
