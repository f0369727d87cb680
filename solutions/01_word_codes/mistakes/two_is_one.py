# fails: every check; first at: quantity x
import numpy as np


def encode(words, codes):
    zeros = "0" * len(next(iter(codes.values())))
    rows = [[digit != "0" for digit in codes.get(word, zeros)] for word in words]  # yes or no
    return np.array(rows, dtype=float)
