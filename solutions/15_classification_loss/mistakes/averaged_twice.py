# fails: batch, ragged, float32, called twice, inputs kept; first at: quantity mean_loss
import numpy as np


def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def classification_loss(logits, label, lengths):
    N = len(label)
    probs = softmax(logits[lengths - 1, np.arange(N)])
    return probs, -np.log(probs[np.arange(N), label]).mean() / N
