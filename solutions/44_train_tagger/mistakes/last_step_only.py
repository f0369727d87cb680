# fails: word by word; first at: property
import numpy as np

ROUNDS, RATE = 120, 0.03


def train(x, label, mask, U, W, a, V, b):
    weights = [U, W, a, V, b]
    m = [np.zeros_like(w) for w in weights]
    v = [np.zeros_like(w) for w in weights]
    for t in range(1, ROUNDS + 1):
        for k, d in enumerate(gradients(x, label, mask, *weights)):
            weights[k], m[k], v[k] = adam(weights[k], d, m[k], v[k], t)
    return weights


def gradients(x, label, mask, U, W, a, V, b):
    N, H = x.shape[1], len(a)
    h_0 = np.zeros((N, H))
    states = [h_0]
    for x_t in x:  # (N, D)
        states.append(np.tanh(x_t @ U.T + states[-1] @ W.T + a))
    h = np.stack(states[1:])  # (T, N, H)

    logits = h @ V.T + b  # (T, N, K)
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probs = e / e.sum(axis=-1, keepdims=True)
    last = np.arange(len(x))[:, np.newaxis] == mask.sum(axis=0) - 1  # as if it were a classifier
    d_logits = (probs - np.eye(len(b))[label]) * last[..., np.newaxis] / N

    d_V = np.einsum("tnk,tnh->kh", d_logits, h)
    d_b = d_logits.sum(axis=(0, 1))
    d_U, d_W, d_a = np.zeros_like(U), np.zeros_like(W), np.zeros_like(a)
    d_h_from_next = np.zeros_like(h_0)
    for t in reversed(range(len(x))):
        d_z = (d_logits[t] @ V + d_h_from_next) * (1 - h[t] ** 2)
        d_U += d_z.T @ x[t]
        d_W += d_z.T @ states[t]
        d_a += d_z.sum(axis=0)
        d_h_from_next = d_z @ W
    return d_U, d_W, d_a, d_V, d_b


def adam(w, d, m, v, t):
    m = 0.9 * m + 0.1 * d
    v = 0.999 * v + 0.001 * d**2
    step = m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w - RATE * step, m, v
