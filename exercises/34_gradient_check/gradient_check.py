"""Exercise 34: a gradient checker."""

import numpy as np


def loss(parameters, x, h_0, label):
    """The loss of a tagger, as in exercises 13 and 14; this one is yours to use as it stands.

    x (T, N, D), h_0 (N, H), label (T, N)  ->  one number
    """
    U, W, a, V, b = (parameters[name] for name in ("U", "W", "a", "V", "b"))
    T, N, _D = x.shape
    total, h = 0.0, h_0
    for t in range(T):
        h = np.tanh(x[t] @ U.T + h @ W.T + a)  # (N, H)
        logits = h @ V.T + b  # (N, K)
        s = logits - logits.max(axis=1, keepdims=True)
        log_probs = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
        total -= log_probs[np.arange(N), label[t]].sum()
    return total / N


def gradient_check(parameters, gradients, x, h_0, label):
    """Whether the gradients are those of the loss: each number is moved a little, both ways.

    numeric = (loss with p + eps - loss with p - eps) / (2 * eps)     for each number p, eps 1e-4
    error = |numeric - gradient| / (|numeric| + |gradient|)           | |: of a whole array
    right where error < 1e-6, for each array

    parameters, gradients: dicts with U (H, D), W (H, H), a (H,), V (K, H), b (K,)
    x (T, N, D), h_0 (N, H), label (T, N)  ->  True or False
    """
    raise NotImplementedError("gradient_check: compare with differences of the loss, return a bool")
