# fails: nearly right, small gradients; first at: property
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
    eps = 1e-3
    for name in parameters:
        p, d = parameters[name], gradients[name]
        numeric = np.zeros_like(p)
        for at in np.ndindex(p.shape):
            old = p[at]
            p[at] = old + eps
            up = loss(parameters, x, h_0, label)
            p[at] = old
            down = loss(parameters, x, h_0, label)
            numeric[at] = (up - down) / eps  # one way; so the test below has to be generous
        error = np.linalg.norm(numeric - d)
        size = np.linalg.norm(numeric) + np.linalg.norm(d)
        if error > 1e-2 * size:
            return False
    return True
