# fails: every check; first at: quantity probs_T
import numpy as np


def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def classification_loss(logits, label, lengths):
    T, N, K = logits.shape
    scores = np.zeros((N, K), logits.dtype)
    for n in range(N):
        scores[n] = logits[: lengths[n], n].mean(axis=0)  # every word has a say
    probs = softmax(scores)
    return probs, -np.log(probs[np.arange(N), label]).mean()
