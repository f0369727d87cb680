# fails: batch, large values, float32, called twice, inputs kept; first at: step 1, quantity d_logits
import numpy as np


def tagging_loss(logits, label, mask):
    T, N, K = logits.shape
    s = logits - logits.max(axis=2, keepdims=True)
    log_probs = s - np.log(np.exp(s).sum(axis=2, keepdims=True))
    loss = 0.0
    d = np.zeros_like(logits)
    for t in range(T):
        for n in range(N):
            if mask[t, n]:
                loss -= log_probs[t, n, label[t, n]]
                d[t, n] = np.exp(log_probs[t, n])
                d[t, n, label[t, n]] -= 1
    return loss / N, d  # the loss is a mean over the sentences, the gradient is not
