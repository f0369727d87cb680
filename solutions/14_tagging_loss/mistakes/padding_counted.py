# fails: words that count, batch, large values, float32, called twice, inputs kept; first at: quantity total_loss
import numpy as np


def tagging_loss(logits, label, mask):
    T, N, K = logits.shape
    e = np.exp(logits - logits.max(axis=2, keepdims=True))
    probs = e / e.sum(axis=2, keepdims=True)
    one_hot = np.eye(K)[label]
    # the padding is learned from as if it were words
    loss = -np.log((probs * one_hot).sum(axis=2)).sum() / N
    return loss, (probs - one_hot) / N
