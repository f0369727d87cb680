"""Exercise 1: words become numbers."""

import numpy as np


def encode(words, codes):
    """A row of numbers for each word: the digits of its code.

    "00001001"  ->  0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0
    a word that is not in codes  ->  zeros

    words: a list of T texts; codes: a dict, word -> text of D digits  ->  x (T, D)
    """
    raise NotImplementedError("encode: look up the code of each word, make its digits numbers")
