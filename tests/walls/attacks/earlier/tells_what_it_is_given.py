"""An earlier answer that prints all that it is given, keeps it in files, and hands it back."""

import os
import sys

SEEN = []


def rnn_step(x, h_prev, U, W, a):
    SEEN.append(h_prev.copy())
    for stream in (sys.stdout, sys.stderr):
        print(*map(repr, h_prev.ravel().tolist()), file=stream)
    with open("kept", "a", encoding="utf-8") as file:
        print(*h_prev.ravel().tolist(), file=file)
    if os.path.exists("/tmp/kept"):
        print("BREACH")
    return SEEN[0] * 0 + h_prev + 1
