"""What the output is made into, softmax and loss, as the textbook writes it.

Source: Goodfellow et al., Deep Learning (2016), sections 6.2.2.3 (softmax) and 10.2; natural log.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array


def softmax(logits: Array) -> Array:
    """``p_k = e^(s_k) / sum_j e^(s_j)`` over the last axis (Goodfellow 6.29).

    The maximum is taken off first, so that nothing overflows.
    """
    with np.errstate(all="ignore"):
        e = np.exp(logits - logits.max(axis=-1, keepdims=True))
        probs: Array = e / e.sum(axis=-1, keepdims=True)
    return probs


def cross_entropy(logits: Array, target: npt.NDArray[np.int64]) -> Array:
    """``-ln p_target`` of each step, computed from the scores so that a p near 0 stays finite.

    Parameters
    ----------
    logits : array (..., K)
    target : int array (...)
        The right class, or -1 where there is none; the loss is 0 there.
    """
    with np.errstate(all="ignore"):
        shifted = logits - logits.max(axis=-1, keepdims=True)
        log_sum = np.log(np.exp(shifted).sum(axis=-1))
    right = np.maximum(target, 0)[..., np.newaxis]
    loss = log_sum - np.take_along_axis(shifted, right, axis=-1)[..., 0]
    return np.where(target >= 0, loss, 0).astype(logits.dtype)


def total(loss: Array) -> float:
    """The loss of a batch as one number: sum over steps, mean over the batch (`REDUCTION`)."""
    return float(loss.sum(axis=0).mean())


def d_cross_entropy(
    probs: Array, target: npt.NDArray[np.int64], averaged_over: int | None = None
) -> Array:
    """The gradient of a batch's loss by its scores: ``(p - y) / N``, 0 where there is no target.

    Parameters
    ----------
    probs : array (T, N, K)
    target : int array (T, N)
        The right class, or -1.
    averaged_over : int
        The N of the mean, where these are only some of its sentences.
    """
    y = target[..., np.newaxis] == np.arange(probs.shape[-1])  # one-hot (T, N, K)
    counts = target[..., np.newaxis] >= 0
    d_logits: Array = np.where(counts, probs - y, 0) / (averaged_over or probs.shape[1])
    return d_logits.astype(probs.dtype)
