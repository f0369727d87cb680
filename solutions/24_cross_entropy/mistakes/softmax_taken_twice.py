# fails: every check; first at: step 1, quantity loss
import numpy as np


def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def cross_entropy(h_n, V, b, y):
    y_hat = softmax(h_n @ V.T + b)
    s = y_hat - y_hat.max(axis=-1, keepdims=True)  # softmax again, by a loss that wants the scores
    log_probs = s - np.log(np.exp(s).sum(axis=-1, keepdims=True))
    loss = -(y * log_probs).sum(axis=-1)
    return y_hat, loss, loss.mean()
