# fails: every check; first at: quantity mean_loss
import numpy as np


def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def classification_loss(logits, label, lengths):
    N, K = len(label), logits.shape[-1]
    probs = softmax(logits[lengths - 1, np.arange(N)])
    return probs, ((probs - np.eye(K)[label]) ** 2).sum(axis=-1).mean()
