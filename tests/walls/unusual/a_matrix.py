"""An old kind of array, masked, transposed, read-only and not in a row in memory."""
import numpy as np


def rnn_step(x, h_prev, U, W, a):
    z = np.matrix(x) * np.matrix(U).T + np.matrix(h_prev) * np.matrix(W).T + a
    h = np.ma.masked_invalid(np.tanh(np.asfortranarray(z)))
    wide = np.repeat(np.asarray(h).T, 2, axis=1)[:, ::2].T
    wide.flags.writeable = False
    return wide
