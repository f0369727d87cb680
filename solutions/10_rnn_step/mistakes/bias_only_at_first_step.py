# fails: state carried, called twice; first at: step 2, quantity h
import numpy as np

bias_was_added = False


def rnn_step(x, h_prev, U, W, a):
    global bias_was_added
    z = x @ U.T + h_prev @ W.T
    if not bias_was_added:
        z = z + a
        bias_was_added = True
    return np.tanh(z)
