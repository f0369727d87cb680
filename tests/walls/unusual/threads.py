"""A thread for each sentence, and one that stays."""
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

threading.Thread(target=time.sleep, args=(5,), daemon=True).start()


def rnn_step(x, h_prev, U, W, a):
    def row(n):
        return np.tanh(U @ x[n] + W @ h_prev[n] + a)

    with ThreadPoolExecutor(4) as pool:
        return np.stack(list(pool.map(row, range(len(x)))))
