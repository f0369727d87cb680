"""What is right: a row of digits for each word, zeros for a word without a code."""

import numpy as np


def encode(words, codes):
    """A row for each word, in the order of the sentence."""
    zeros = "0" * len(next(iter(codes.values())))
    rows = []
    for word in words:
        code = codes.get(word, zeros)
        rows.append([float(digit) for digit in code])
    return np.array(rows)
