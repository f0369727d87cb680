"""What a network is asked for: which outputs count, and how wrong they are.

Source: Goodfellow et al., Deep Learning (2016), sections 6.2.2.3 (softmax) and 10.2; natural log.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array
from tracer.errors import InputError, UnknownNameError


@dataclass(frozen=True, slots=True)
class Task:
    """A task: its name, its shape in the field's words, and which outputs count for the loss."""

    name: str
    shape: str
    counts: Literal["every step", "last step"]
    meaning: str


_TASKS = (
    Task("tag", "many-to-many", "every step", "a label for each word"),
    Task("classify", "many-to-one", "last step", "one label, after the last word"),
    Task("generate", "one-to-many", "every step", "one word in; each output is the next input"),
)

TASKS: Mapping[str, Task] = MappingProxyType({task.name: task for task in _TASKS})
"""Every task, by name."""


def counted(task: str, lengths: npt.NDArray[np.int64], T: int) -> npt.NDArray[np.bool_]:
    """The steps whose output the task counts, (T, N): all real steps, or the last real one."""
    steps = np.arange(T)[:, np.newaxis]  # (T, 1)
    return steps < lengths if TASKS[task].counts == "every step" else steps == lengths - 1


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


def target_of(
    task: str,
    wanted: Sequence[Any],
    labels: Sequence[str],
    lengths: npt.NDArray[np.int64],
    T: int,
) -> npt.NDArray[np.int64]:
    """The right class at each step (T, N), -1 where none counts.

    Parameters
    ----------
    wanted : sequence
        For each sentence one label (classify) or a label for each word (tag, generate).

    Raises
    ------
    InputError, UnknownNameError
        If a label is not one of `labels`, or their number is not that of the words.
    """
    target = np.full((T, len(lengths)), -1, np.int64)
    if len(wanted) != len(lengths):
        raise InputError(f"{len(wanted)} targets came for {len(lengths)} sentences")
    number = {label: k for k, label in enumerate(labels)}
    for n, right in enumerate(wanted):
        steps = range(int(lengths[n]))
        if TASKS[task].counts == "every step":
            names = [right] if isinstance(right, str) else list(right)
            if len(names) != len(steps):
                raise InputError(
                    f"the task '{task}' wants one label for each word; sentence {n} has "
                    f"{len(steps)} words and {len(names)} labels came"
                )
        else:
            names, steps = [right], steps[-1:]
        for t, name in zip(steps, names, strict=True):
            if not isinstance(name, str) or name not in number:
                raise UnknownNameError("label", name, labels)
            target[t, n] = number[name]
    return target


def d_cross_entropy(probs: Array, target: npt.NDArray[np.int64]) -> Array:
    """The gradient of a batch's loss by its scores: ``(p - y) / N``, 0 where there is no target.

    Parameters
    ----------
    probs : array (T, N, K)
    target : int array (T, N)
        The right class, or -1.
    """
    y = target[..., np.newaxis] == np.arange(probs.shape[-1])  # one-hot (T, N, K)
    counts = target[..., np.newaxis] >= 0
    d_logits: Array = np.where(counts, probs - y, 0) / probs.shape[1]
    return d_logits.astype(probs.dtype)
