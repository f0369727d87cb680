# fails: large scores; first at: step 1, quantity loss
import numpy as np


def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def cross_entropy(h_n, V, b, y):
    y_hat = softmax(h_n @ V.T + b)
    loss = -(y * np.log(y_hat + 1e-9)).sum(axis=-1)  # no loss can be above 20.7
    return y_hat, loss, loss.mean()
