"""Exercise 44: train a tagger."""

import numpy as np


def train(x, label, mask, U, W, a, V, b):
    """Learn from tagged sentences; other sentences show what was learned.

    again and again:  h = the RNN's states,  logits = V h + b      forward, h_0 = 0
                      the loss, its gradients                      backward
                      each weight a small step against its own     update

    x (T, N, 8), label, mask (T, N), U (H, 8), W (H, H), a (H,), V (4, H), b (4,)
    ->  new U, W, a, V, b
    """
    raise NotImplementedError("train: forward, backward, update, again and again")
