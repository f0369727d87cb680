# fails: every check; first at: quantity total_loss
import numpy as np


def softmax(s, axis=1):  # written for (N, K); with a time axis in front, axis 1 is the sentences
    e = np.exp(s - s.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def tagging_loss(logits, label, mask):
    T, N, K = logits.shape
    probs = softmax(logits)
    one_hot = np.eye(K)[label]
    right = (probs * one_hot).sum(axis=-1)
    loss = np.where(mask, -np.log(right), 0).sum() / N
    return loss, (probs - one_hot) * mask[:, :, None] / N
