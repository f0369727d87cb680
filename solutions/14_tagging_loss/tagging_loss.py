"""Exercise 14, a right answer."""

import numpy as np


def tagging_loss(logits, label, mask):
    """Softmax without large exponents, then the loss and its gradient of what counts."""
    _T, N, K = logits.shape
    s = logits - logits.max(axis=-1, keepdims=True)
    log_probs = s - np.log(np.exp(s).sum(axis=-1, keepdims=True))  # (T, N, K)
    one_hot = np.eye(K, dtype=logits.dtype)[label]  # (T, N, K)
    counts = mask[..., np.newaxis]  # (T, N, 1)

    total_loss = -(log_probs * one_hot * counts).sum() / N
    d_logits = (np.exp(log_probs) - one_hot) * counts / N
    return total_loss, d_logits
