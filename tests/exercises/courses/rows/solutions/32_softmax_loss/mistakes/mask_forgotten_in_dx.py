# fails: every check; first at: step 1, quantity d_logits
import numpy as np


def temporal_softmax_loss(x, y, mask):
    N, T, V = x.shape
    scores = x.reshape(N * T, V)
    labels, counts = y.reshape(N * T), mask.reshape(N * T)
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(N * T)
    loss = -np.sum(counts * log_probs[rows, labels]) / N
    dx = np.exp(log_probs)
    dx[rows, labels] -= 1
    dx = dx / N
    return loss, dx.reshape(N, T, V)
