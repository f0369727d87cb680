# fails: every check; first at: step 1, quantity loss
import numpy as np


def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def cross_entropy(h_n, V, b, y):
    y_hat = softmax(h_n @ V.T + b)
    terms = y * np.log(y_hat) + (1 - y) * np.log(1 - y_hat)  # for one output between 0 and 1
    loss = -terms.sum(axis=-1)
    return y_hat, loss, loss.mean()
