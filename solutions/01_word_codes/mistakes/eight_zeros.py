# fails: as many zeros; first at: exception ValueError
import numpy as np


def encode(words, codes):
    rows = [[float(digit) for digit in codes.get(word, "0" * 8)] for word in words]  # always eight
    return np.array(rows)
