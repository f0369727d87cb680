"""Takes 300 MB for a moment, and starts many threads one after the other."""
import threading

import numpy as np


def rnn_step(x, h_prev, U, W, a):
    much = np.ones(300 * 2**17)
    for _ in range(20):
        thread = threading.Thread(target=len, args=(much,))
        thread.start()
        thread.join()
    return np.tanh(x @ U.T + h_prev @ W.T + a)
