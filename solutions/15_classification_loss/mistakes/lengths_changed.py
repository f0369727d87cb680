# fails: inputs kept; first at: input lengths
import numpy as np


def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def classification_loss(logits, label, lengths):
    N = len(label)
    lengths -= 1  # the array of whoever called this
    probs = softmax(logits[lengths, np.arange(N)])
    return probs, -np.log(probs[np.arange(N), label]).mean()
