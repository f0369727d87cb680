# fails: sentence, other codes, unknown word, as many zeros, called twice; first at: quantity x
import numpy as np


def encode(words, codes):
    row = np.zeros(len(next(iter(codes.values()))))
    rows = []
    for word in words:
        row[:] = [float(digit) for digit in codes.get(word, "0" * len(row))]
        rows.append(row)  # the same array each time
    return np.array(rows)
