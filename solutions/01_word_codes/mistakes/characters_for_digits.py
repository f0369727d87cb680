# fails: every check; first at: quantity x
import numpy as np


def encode(words, codes):
    zeros = "0" * len(next(iter(codes.values())))
    rows = [[ord(digit) for digit in codes.get(word, zeros)] for word in words]  # 48 and 49
    return np.array(rows, dtype=float)
