# fails: ragged, called twice; first at: quantity probs_T
import numpy as np


def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def classification_loss(logits, label, lengths):
    N = len(label)
    probs = softmax(logits[-1])  # the last step of the array, not of each sentence
    return probs, -np.log(probs[np.arange(N), label]).mean()
