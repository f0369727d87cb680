"""Exercise 1, a right answer."""

import numpy as np


def encode(words, codes):
    """Zeros everywhere, then the digits of each word that is known."""
    D = len(next(iter(codes.values())))
    x = np.zeros((len(words), D))
    for t, word in enumerate(words):
        if word in codes:
            x[t] = [float(digit) for digit in codes[word]]
    return x
