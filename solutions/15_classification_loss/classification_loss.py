"""Exercise 15, a right answer."""

import numpy as np


def classification_loss(logits, label, lengths):
    """One step for each sentence, then softmax and -ln of the right class."""
    sentences = np.arange(len(label))
    last = logits[lengths - 1, sentences]  # (N, K)
    s = last - last.max(axis=-1, keepdims=True)
    log_probs = s - np.log(np.exp(s).sum(axis=-1, keepdims=True))
    return np.exp(log_probs), -log_probs[sentences, label].mean()
