"""Works on deep copies, and sends its inputs through JSON and pickle and back."""
import copy
import json
import pickle

import numpy as np


def rnn_step(x, h_prev, U, W, a):
    x = copy.deepcopy(x)
    U, W = pickle.loads(pickle.dumps((U, W), protocol=5))
    a = np.array(json.loads(json.dumps(a.tolist())), a.dtype)
    x_and_h = np.concatenate([x, h_prev], axis=1)
    return np.tanh(np.einsum("nk,hk->nh", x_and_h, np.concatenate([U, W], axis=1)) + a)
