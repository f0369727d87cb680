# fails: every check; first at: quantity total_loss
import numpy as np


def tagging_loss(logits, label, mask):
    T, N, K = logits.shape
    s = logits - logits.max(axis=-1, keepdims=True)
    log_probs = s - np.log(np.exp(s).sum(axis=-1, keepdims=True))
    one_hot = np.eye(K)[label]
    bits = (log_probs * one_hot).sum(axis=-1) / np.log(2)  # the gradient below is that of ln
    loss = -(bits * mask).sum() / N
    return loss, (np.exp(log_probs) - one_hot) * mask[..., None] / N
