"""Exercise 11: scores and probabilities."""

import numpy as np


def output(h, V, b):
    """What the network answers: a score for each class, and the scores as probabilities.

    logits = V h + b
    probs = e^logits / (sum of e^logits over the classes)

    h (N, H), V (K, H), b (K,)  ->  logits, probs, each (N, K)
    """
    raise NotImplementedError("output: compute logits, then softmax of each row, return both")
