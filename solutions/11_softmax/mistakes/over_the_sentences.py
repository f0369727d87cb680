# fails: every check; first at: step 1, quantity probs
import numpy as np


def output(h, V, b):
    logits = h @ V.T + b
    e = np.exp(logits - logits.max(axis=0))
    return logits, e / e.sum(axis=0)  # axis 0 is that of the sentences
