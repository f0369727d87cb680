# fails: every check; first at: step 1, quantity logits
import numpy as np


def output(h, V, b):
    logits = h @ V.T + b
    logits -= logits.max(axis=-1, keepdims=True)  # these are not the scores any more
    e = np.exp(logits)
    return logits, e / e.sum(axis=-1, keepdims=True)
