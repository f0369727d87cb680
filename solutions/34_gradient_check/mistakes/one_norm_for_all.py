# fails: small gradients; first at: property
import numpy as np


def loss(parameters, x, h_0, label):
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
    eps = 1e-4
    numeric, given = [], []
    for name in parameters:
        p = parameters[name]
        for at in np.ndindex(p.shape):
            old = p[at]
            p[at] = old + eps
            up = loss(parameters, x, h_0, label)
            p[at] = old - eps
            down = loss(parameters, x, h_0, label)
            p[at] = old
            numeric.append((up - down) / (2 * eps))
            given.append(gradients[name][at])
    numeric, given = np.array(numeric), np.array(given)
    error = np.linalg.norm(numeric - given)  # of all arrays at once: a small one is not seen
    return error <= 1e-6 * (np.linalg.norm(numeric) + np.linalg.norm(given))
