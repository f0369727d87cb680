# fails: wrong; first at: property
import numpy as np


def loss(x, h, U, W, a, V, b, label):
    total = 0
    for t in range(len(x)):
        h = np.tanh(x[t] @ U.T + h @ W.T + a)
        z = h @ V.T + b
        z = z - z.max(axis=1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        total -= log_p[np.arange(len(h)), label[t]].sum() / len(h)
    return total


def gradients_are_right(x, h_0, U, W, a, V, b, label, d_U, d_W):
    for P, d in ((U, d_U),):
        for at in np.ndindex(P.shape):
            old = P[at]
            P[at] = old + 1e-5
            up = loss(x, h_0, U, W, a, V, b, label)
            P[at] = old - 1e-5
            down = loss(x, h_0, U, W, a, V, b, label)
            P[at] = old
            if abs((up - down) / 2e-5 - d[at]) > 1e-6:
                return False
    return True
