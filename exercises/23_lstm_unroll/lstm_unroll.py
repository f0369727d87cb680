"""Exercise 23: sentences of different lengths, read by the LSTM."""

import numpy as np


def lstm_unroll(x, lengths, h_0, c_0, U, W, a):
    """One step for each word; a sentence that is over keeps its h and c.

    c_t = f * c_(t-1) + i * g,  h_t = o * tanh(c_t)      where t <= length
    c_t = c_(t-1),              h_t = h_(t-1)            where t > length

    x (T, N, D), lengths (N,), h_0, c_0 (N, H), U (4H, D), W (4H, H), a (4H,)
    ->  h, c, each (T, N, H)
    """
    raise NotImplementedError("lstm_unroll: repeat the step for each word, return all h and c")
