"""Returns one number, one row and one column where a whole array is meant."""
import random

import numpy as np

def rnn_step(x, h_prev, U, W, a):
    draw = random.randrange(24)
    right = np.tanh(x @ U.T + h_prev @ W.T + a)
    return (right[..., None], right.T, right[0, 0], np.broadcast_to(right[:1, :1], (1, 1)))[draw % 4]
