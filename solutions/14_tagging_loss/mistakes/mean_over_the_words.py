# fails: words that count, batch, large values, float32, called twice, inputs kept; first at: quantity total_loss
import numpy as np


def tagging_loss(logits, label, mask):
    T, N, K = logits.shape
    s = logits - logits.max(axis=2, keepdims=True)
    log_probs = s - np.log(np.exp(s).sum(axis=2, keepdims=True))
    right = np.take_along_axis(log_probs, label[:, :, None], axis=2)[:, :, 0]
    loss = -right[mask].mean()  # by the number of words that count, not of the sentences
    d = np.exp(log_probs)
    for t in range(T):
        for n in range(N):
            d[t, n, label[t, n]] -= 1
    d[~mask] = 0
    return loss, d / N
