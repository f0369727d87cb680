"""Which outputs of a run count for its loss, and what is right there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tracer.equations.tasks import TASKS
from tracer.errors import InputError, UnknownNameError


def counted(task: str, lengths: npt.NDArray[np.int64], T: int) -> npt.NDArray[np.bool_]:
    """The steps whose output the task counts, (T, N): all real steps, or the last real one."""
    steps = np.arange(T)[:, np.newaxis]  # (T, 1)
    return steps < lengths if TASKS[task].counts == "every step" else steps == lengths - 1


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
        raise InputError(
            f"{len(wanted)} targets for {len(lengths)} sentences; expected one for each"
        )
    number = {label: k for k, label in enumerate(labels)}
    for n, right in enumerate(wanted):
        steps = range(int(lengths[n]))
        if TASKS[task].counts == "every step":
            names = [right] if isinstance(right, str) else list(right)
            if len(names) != len(steps):
                raise InputError(
                    f"the task '{task}' needs one label for each word; sentence {n} has "
                    f"{len(steps)} words and {len(names)} labels"
                )
        else:
            names, steps = [right], steps[-1:]
        for t, name in zip(steps, names, strict=True):
            if not isinstance(name, str) or name not in number:
                raise UnknownNameError("label", name, labels)
            target[t, n] = number[name]
    return target
