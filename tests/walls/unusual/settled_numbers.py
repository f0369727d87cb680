"""Settles the random numbers, drops out nothing, makes every warning an error."""
import random
import warnings

import numpy as np

warnings.simplefilter("error")
np.seterr(all="raise", under="ignore")
np.random.seed(42)
random.seed(42)


def rnn_step(x, h_prev, U, W, a):
    kept = np.random.random(h_prev.shape) < 1.0
    return np.tanh(x @ U.T + (h_prev * kept) @ W.T + a)
