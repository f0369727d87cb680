# fails: unknown word, as many zeros; first at: quantity x
import numpy as np


def encode(words, codes):
    rows = []
    row = [0.0] * len(next(iter(codes.values())))
    for word in words:
        if word in codes:
            row = [float(digit) for digit in codes[word]]
        rows.append(row)
    return np.array(rows)
