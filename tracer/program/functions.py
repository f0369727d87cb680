"""The functions that the lines of a program may call, each by the name that an equation gives it.

What is reduced is said by the letter of the axis: ``sum_N`` adds up the sentences of a step. A
function does the same to one step (N, H) and to all steps at once (T, N, H).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from tracer.cells.activations import ACTIVATIONS, SLOPES, Array
from tracer.cells.output import cross_entropy, softmax


def _sigmoid(z: Any) -> Any:
    # Overflows to 1 / inf = 0; the warning is switched off around a run. The textbook's form
    # takes twice as long, and a diagnosis runs thousands of programs.
    return 1 / (1 + np.exp(-z))


def _sigmoid_slope(z: Any) -> Any:
    s = _sigmoid(z)
    return s * (1 - s)


def _clip(q: Any, limit: Any) -> Any:
    return np.minimum(np.maximum(q, -limit), limit)


def _is_less(a: Any, b: Any) -> Any:
    """1 where `a` is less than `b`, else 0."""
    return np.where(np.less(a, b), 1.0, 0.0)


def _within(q: Any, limit: Any) -> Any:
    """1 where `_clip` leaves a number as it is, else 0."""
    return np.where(np.abs(q) <= limit, 1.0, 0.0)


def _softmax_over(axes: int | tuple[int, ...]) -> Callable[[Array], Array]:
    def over(q: Array) -> Array:
        e = np.exp(q - q.max(axis=axes, keepdims=True))
        shares: Array = e / e.sum(axis=axes, keepdims=True)
        return shares

    return over


def _cross_entropy(logits: Array, label: Any) -> Array:
    return cross_entropy(logits, np.asarray(label).astype(np.int64))


def _one_hot(label: Any, K: int) -> Array:
    is_right = np.asarray(label)[..., np.newaxis] == np.arange(K)
    return np.where(is_right, 1.0, 0.0)


def _masked(q: Array, mask: Any) -> Array:
    counts = mask if np.ndim(mask) == np.ndim(q) else np.asarray(mask)[..., np.newaxis]
    return np.where(counts, q, 0)


def _at_end(q: Array, lengths: Any) -> Array:
    """The step of each sentence's last word, of (T, N, K); one length may be that of all."""
    sentences = np.arange(q.shape[1])
    last: Array = q[np.broadcast_to(lengths, sentences.shape).astype(np.int64) - 1, sentences]
    return last


def _mean_to_end(q: Array, lengths: Array) -> Array:
    """The mean over the real steps of each sentence, of (T, N, K)."""
    real = np.arange(len(q))[:, np.newaxis] < lengths
    mean: Array = _masked(q, real).sum(axis=0) / lengths[:, np.newaxis]
    return mean


def _first_columns(A: Array, n: Any) -> Array:
    return A[..., : int(n)]


def _last_columns(A: Array, n: Any) -> Array:
    return A[..., A.shape[-1] - int(n) :]


def _interleaved(A: Array, gates: Any) -> Array:
    """The rows unit by unit, i f g o i f g o ..., put gate by gate; or a row of them."""
    n = int(gates)
    return A.reshape(-1, n, *A.shape[1:]).swapaxes(0, 1).reshape(A.shape)


def _shifted(by: int) -> Callable[[Array], Array]:
    def shifted(q: Array) -> Array:
        moved = np.roll(q, by, axis=0)
        edge = slice(0, by) if by > 0 else slice(by, None)
        moved[edge] = q[edge]
        return moved

    return shifted


def _of_step(step: int) -> Callable[[Array], Array]:
    def of_step(q: Array) -> Array:
        every: Array = np.broadcast_to(q[step], q.shape)
        return every

    return of_step


def _but_step(step: int, *, of_several: bool = False) -> Callable[[Array], Array]:
    """0 at one step, at which nothing was stored; `of_several`: not where it is the only one."""

    def but_step(q: Array) -> Array:
        left = np.array(q)
        if len(left) > of_several:
            left[step] = 0.0
        return left

    return but_step


def _total(axes: int | tuple[int, ...]) -> Callable[[Array], Any]:
    def total(q: Array) -> Any:
        return np.add.reduce(q, axis=axes)

    return total


def _mean(axes: int | tuple[int, ...] | None) -> Callable[[Array], Any]:
    def mean(q: Array) -> Any:
        return np.mean(q, axis=axes)

    return mean


NAMED: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        **{name: function for name, function in ACTIVATIONS.items() if name.isidentifier()},
        **{f"d{name}": SLOPES[name] for name in ("tanh", "relu")},
        "sigmoid": _sigmoid, "σ": _sigmoid, "dsigmoid": _sigmoid_slope, "dσ": _sigmoid_slope,
        "tanh": np.tanh, "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "abs": np.abs,
        "sign": np.sign, "is_less": _is_less, "within": _within,
        "min": np.minimum, "max": np.maximum, "clip": _clip,
        "softmax": softmax, "softmax_NK": _softmax_over((-2, -1)),
        "cross_entropy": _cross_entropy, "one_hot": _one_hot, "masked": _masked,
        "sum": np.sum, "mean": _mean(None), "sum_H": _total(-1), "sum_K": _total(-1),
        "mean_K": _mean(-1), "mean_H": _mean(-1), "max_K": lambda q: q.max(axis=-1),
        "max_NK": lambda q: q.max(axis=(-2, -1), keepdims=True),
        "beside": lambda *arrays: np.concatenate(arrays, axis=-1),
        "below": lambda *arrays: np.concatenate(arrays, axis=0),
        "first_columns": _first_columns, "last_columns": _last_columns,
        "interleaved": _interleaved,
        "of_first_step": _of_step(0), "of_last_step": _of_step(-1),
        "at_end": _at_end, "mean_to_end": _mean_to_end,
        "reversed_steps": lambda q: q[::-1], "earlier": _shifted(-1), "later": _shifted(1),
        "rolled": lambda q: np.roll(q, 1, axis=0),
        "but_first_step": _but_step(0), "but_last_step": _but_step(-1),
        "but_last_of_several": _but_step(-1, of_several=True),
        "zeros": np.zeros_like, "ones": np.ones_like,
        "row": lambda q: q[np.newaxis], "column": lambda q: q[..., np.newaxis],
        "squeeze": np.squeeze, "transposed": lambda q: q.swapaxes(-1, -2),
        "exchanged_axes": lambda q: q.swapaxes(0, 1),
        "reshaped": lambda q: q.swapaxes(0, 1).reshape(q.shape),
    }
)  # fmt: skip
"""Every function, by its name; a cell gives its own names, σ or f, one of these or its body."""

OF_A_STEP: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {"sum_N": _total(0), "mean_N": _mean(0), "softmax_N": _softmax_over(0)}
)
OF_ALL_STEPS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "sum_N": _total(1), "mean_N": _mean(1), "softmax_N": _softmax_over(1),
        "softmax_T": _softmax_over(0),
    }
)  # fmt: skip
"""The functions for which it matters whether there is an axis of steps before that of sentences."""

LEAVES_OUT = frozenset({"but_first_step", "but_last_step", "but_last_of_several"})
"""The functions that make the numbers of one step 0, and leave all others as they are."""

ACROSS_STEPS = frozenset(
    {
        "softmax_T", "of_first_step", "of_last_step", "reversed_steps", "earlier", "later",
        "rolled", "exchanged_axes", "reshaped", *LEAVES_OUT,
    }
)  # fmt: skip
"""The functions that look at all steps at once: what they do shows in no single one."""
