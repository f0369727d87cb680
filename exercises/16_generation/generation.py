"""Exercise 16: the network speaks."""

import numpy as np


def generate(start, h_0, U, W, a, V, b, codes, steps):
    """One word goes in; each word that comes out is the next one that goes in.

    x_t = codes[word_(t-1)]          for t = 1 … steps, beginning with start and h_0
    h_t = tanh(U x_t + W h_(t-1) + a)
    probs_t = softmax(V h_t + b)
    word_t = the word with the largest probability

    start (N,), h_0 (N, H), U (H, D), W (H, H), a (H,), V (K, H), b (K,), codes (K, D), steps
    ->  words (steps, N), probs (steps, N, K)
    """
    raise NotImplementedError("generate: step, output, argmax, and the word goes in again")
