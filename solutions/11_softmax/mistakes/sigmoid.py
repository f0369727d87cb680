# fails: every check; first at: step 1, quantity probs
import numpy as np


def output(h, V, b):
    logits = h @ V.T + b
    return logits, (1 + np.tanh(logits / 2)) / 2  # each class by itself
