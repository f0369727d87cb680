# fails: ragged, called twice; first at: quantity probs_T
import numpy as np


def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def classification_loss(logits, label, lengths):
    N = len(label)
    last = np.minimum(lengths, len(logits) - 1)  # counted from 1, the array is from 0
    probs = softmax(logits[last, np.arange(N)])
    return probs, -np.log(probs[np.arange(N), label]).mean()
