"""The compiled end of training's way forward and the beginning of its way back: scores and loss.

Only the steps that have a target are scored: their h lie one after the other, in R rows.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array
from tracer.kernels.cpu.arrays import BEGIN
from tracer.kernels.cpu.jit import compiled
from tracer.kernels.cpu.product import outer_total, packed, packed_columns, product
from tracer.kernels.cpu.squeezing import exp

Numbers: TypeAlias = npt.NDArray[np.int64]
Losses: TypeAlias = tuple[float, int, int]


@compiled
def _answers(h: Array, target: Numbers) -> Array:
    """The rows of h (S, H) that have a target, one after the other (R, H)."""
    count = 0
    for s in range(target.size):
        count += target[s] >= 0
    answers = np.empty((count, h.shape[1]), h.dtype)
    r = 0
    for s in range(target.size):
        if target[s] >= 0:
            for j in range(answers.shape[1]):
                answers[r, j] = h[s, j]
            r += 1
    return answers


@compiled
def head_loss(
    h: Array, target: Numbers, weight: Array, V: Array, b: Array
) -> tuple[Array, Array, float, int, int]:
    """``probs = softmax(V h + b)`` and the loss of the steps that have a target.

    Returns the answers' h (R, H), probs (R, K), the weighted loss, summed, and among the steps of
    full weight the number of right answers and of all.
    """
    answers = _answers(h, target)
    probs = np.empty((len(answers), len(V)), h.dtype)
    product(answers, packed(V), probs)
    loss, hits, counted, r = 0.0, 0, 0, 0
    for s in range(target.size):
        y = target[s]
        if y < 0:
            continue
        p = probs[r]
        best = 0
        for k in range(p.size):
            p[k] += b[k]
            if p[k] > p[best]:
                best = k
        highest, right, total = p[best], p[y], p.dtype.type(0)
        for k in range(p.size):
            p[k] = exp(p[k] - highest)
        for k in range(p.size):
            total += p[k]
        for k in range(p.size):
            p[k] /= total
        loss += weight[s] * (math.log(total) - (right - highest))
        if weight[s] >= 1:
            hits += best == y
            counted += 1
        r += 1
    return answers, probs, loss, hits, counted


@compiled
def head_back(
    answers: Array, probs: Array, target: Numbers, weight: Array, N: int, V: Array,
    d_h: Array, d_V: Array, d_b: Array,
) -> None:  # fmt: skip
    """``d_logits = weight (p - y) / N``, in place of probs, and from it d_h (S, H), d_V and d_b."""
    r = 0
    for s in range(target.size):
        y = target[s]
        if y < 0:
            continue
        d_logits = probs[r]
        d_logits[y] -= d_logits.dtype.type(1)
        share = weight[s] / d_logits.dtype.type(N)
        for k in range(d_logits.size):
            d_logits[k] *= share
            d_b[k] += d_logits[k]
        r += 1
    d_answers = np.empty_like(answers)
    product(probs, packed_columns(V), d_answers)
    outer_total(probs, answers, d_V, BEGIN, len(d_V))
    r = 0
    for s in range(target.size):
        if target[s] < 0:
            for j in range(d_h.shape[1]):
                d_h[s, j] = 0
        else:
            for j in range(d_h.shape[1]):
                d_h[s, j] = d_answers[r, j]
            r += 1
