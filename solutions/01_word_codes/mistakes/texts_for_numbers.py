# fails: every check; first at: dtype
import numpy as np


def encode(words, codes):
    zeros = "0" * len(next(iter(codes.values())))
    return np.array([list(codes.get(word, zeros)) for word in words])  # characters, no numbers
