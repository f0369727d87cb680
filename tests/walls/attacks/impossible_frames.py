"""Writes frames of impossible shapes and lengths, and leaves the last one half said."""
import os

import numpy as np

SHAPES = ("[0, 67108864, 67108864, 67108864]", "[-1]", "[1e9]", "[[[[" + "[" * 200, "[2305843009213693952]")


def rnn_step(x, h_prev, U, W, a):
    said = b""
    for shape in SHAPES:
        text = ('{"name": "0/0/h", "dtype": "float64", "shape": ' + shape + "}").encode()
        said += len(text).to_bytes(4, "big") + text
    for number in range(3, 64):
        try:
            os.write(number, said + b"\xff\xff\xff\xff")
        except OSError:
            pass
    os._exit(0)
