# fails: sentence, other codes, unknown word, as many zeros, called twice; first at: shape
import numpy as np


def encode(words, codes):
    zeros = "0" * len(next(iter(codes.values())))
    return np.array([[float(d) for d in codes.get(w, zeros)] for w in sorted(set(words))])
