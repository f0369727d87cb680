# fails: every check; first at: shape
import numpy as np


def encode(words, codes):
    return np.array([float(codes.get(word, "0")) for word in words])  # 00001001 is 1001 then
