# fails: other codes, as many zeros; first at: shape
import numpy as np


def encode(words, codes):
    x = np.zeros((len(words), 8))
    for t, word in enumerate(words):
        for d in range(8):
            x[t, d] = float(codes.get(word, "00000000")[d])
    return x
