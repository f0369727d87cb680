"""Has a file name, names and keys that speak to whoever shows them."""
import numpy as np

globals()["\x1b[31m"] = 1
globals()["::error::x"] = 2


class Result(dict):
    pass


Result.__name__ = "[red]\x1b[2J\n::error::x"


def rnn_step(x, h_prev, U, W, a):
    return Result({"\x1b[31m::error::": np.zeros_like(h_prev)})
