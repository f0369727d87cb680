# fails: every check; first at: quantity total_loss
import numpy as np


def tagging_loss(logits, label, mask):
    T, N, K = logits.shape
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probs = e / e.sum(axis=-1, keepdims=True)
    one_hot = np.eye(K)[label]
    right = (probs * one_hot).sum(axis=-1)
    with np.errstate(divide="ignore"):
        loss = -np.where(mask, np.log2(right), 0.0).sum() / N  # bits; the gradient is that of ln
    return loss, (probs - one_hot) * mask[..., None] / N
