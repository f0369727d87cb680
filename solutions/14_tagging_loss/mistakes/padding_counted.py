# fails: words that count, batch, large values, float32, called twice, inputs kept; first at: quantity total_loss
import numpy as np


def tagging_loss(logits, label, mask):
    T, N, K = logits.shape
    s = logits - logits.max(axis=2, keepdims=True)
    log_probs = s - np.log(np.exp(s).sum(axis=2, keepdims=True))
    one_hot = np.eye(K)[label]
    # the padding is learned from as if it were words
    loss = -(log_probs * one_hot).sum() / N
    return loss, (np.exp(log_probs) - one_hot) / N
