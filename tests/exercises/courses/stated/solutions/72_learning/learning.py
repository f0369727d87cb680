"""A network that learns which of two numbers is larger: a right answer."""

import numpy as np


def learn(seed, steps=200, rate=1.0):
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(400, 2))
    y = x[:, 0] > x[:, 1]
    w = np.zeros(2)
    for _ in range(steps):
        p = 1 / (1 + np.exp(-x[:200] @ w))
        w -= rate * x[:200].T @ (p - y[:200]) / 200
    return np.mean((x[200:] @ w > 0) == y[200:])
