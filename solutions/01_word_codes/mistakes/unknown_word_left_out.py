# fails: unknown word, as many zeros; first at: shape
import numpy as np


def encode(words, codes):
    rows = [[float(digit) for digit in codes[word]] for word in words if word in codes]
    return np.array(rows)  # the words after it are now one row too early
