# fails: unknown word, as many zeros; first at: exception KeyError
import numpy as np


def encode(words, codes):
    return np.array([[float(digit) for digit in codes[word]] for word in words])
