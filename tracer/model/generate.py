"""The words that a generating model says after those it was given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tracer.errors import InputError
from tracer.kernels.device import device as device_named
from tracer.text.vocabulary import END, UNKNOWN
from tracer.trace.whole import as_whole, written

if TYPE_CHECKING:
    from tracer.model.model import Model


def continued(model: Model, words: tuple[str, ...], device: str, steps: int) -> tuple[str, ...]:
    """The words, then the likeliest next word again and again, up to ``<end>``.

    Parameters
    ----------
    model : Model
        For the task ``generate``.
    words : tuple of str
    device : str
    steps : int
        The most words there may be in all.

    Raises
    ------
    InputError
        If `steps` is not a whole number of at least 1.
    """
    most = as_whole(steps)
    if most is None or most < 1:
        raise InputError(f"steps is {written(steps)}; expected a whole number, 1 or more")
    said = list(words)
    forward = device_named(device).forward
    H, dtype = model.cell.W.shape[1], model.cell.W.dtype
    state = {name: np.zeros((1, H), dtype) for name in model.cell.equations.state}
    never = np.array([label == UNKNOWN for label in model.labels])
    for t in range(most):
        x = model.encoder.encode(said[t : t + 1])[:, np.newaxis]  # (1, 1, D)
        step = forward(model.cell, x, state, np.ones(1, np.int64), "states")
        state = {name: step[name][0] for name in state}
        if t + 1 < len(said):
            continue  # this word was given; its output is not fed back
        logits = model.logits(step["h"], device)[0, 0]  # (K,)
        word = model.labels[int(np.argmax(np.where(never, -np.inf, logits)))]
        if word == END or len(said) >= steps:
            break
        said.append(word)
    return tuple(said)
