# fails: three words, batch, long sentence, large values, float32, called twice, inputs kept; first at: step 1, quantity h
import numpy as np


def rnn_unroll(x, h_0, U, W, a):
    h = h_0.copy()
    states = []
    for t in range(x.shape[0]):
        h[:] = np.tanh(x[t] @ U.T + h @ W.T + a)
        states.append(h)  # the same array every time, so in the end all are the last
    return np.stack(states)
