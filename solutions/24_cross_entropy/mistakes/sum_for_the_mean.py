# fails: batch, large scores, float32, called twice, inputs kept; first at: quantity total_loss
import numpy as np


def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def cross_entropy(h_n, V, b, y):
    s = h_n @ V.T + b
    s = s - s.max(axis=-1, keepdims=True)
    log_probs = s - np.log(np.exp(s).sum(axis=-1, keepdims=True))
    loss = -(y * log_probs).sum(axis=-1)
    return np.exp(log_probs), loss, loss.sum()
