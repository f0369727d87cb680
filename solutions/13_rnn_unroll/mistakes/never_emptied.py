# fails: called twice; first at: shape
import numpy as np

states = []


def rnn_unroll(x, h_0, U, W, a):
    h = h_0
    for t in range(len(x)):
        h = np.tanh(np.dot(x[t], U.T) + np.dot(h, W.T) + a)
        states.append(h)
    return np.array(states)  # at the second call the first sentence is still in it
