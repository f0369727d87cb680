"""Exercise 14: the loss of a tagger."""

import numpy as np


def tagging_loss(logits, label, mask):
    """Cross-entropy of every word that counts, and its gradient.

    total_loss = sum over the words, mean over the N sentences, of -ln(probs of the right class)
    d_logits = (softmax(logits) - one_hot(label)) / N      0 where the mask is False

    logits (T, N, K), label (T, N), mask (T, N)  ->  total_loss (), d_logits (T, N, K)
    """
    raise NotImplementedError("tagging_loss: compute softmax, then return the loss and d_logits")
