"""What was learned: the weights that came back label sentences that are held back.

How well they do is measured out here, and never told by the answer itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tracer.exercises.drawing import unasked
from tracer.exercises.laying_out import read_off
from tracer.exercises.layout import Learned
from tracer.grading.task import Task
from tracer.program import Program

Array = npt.NDArray[Any]


def too_few(task: Task, came: Mapping[tuple[int, str], Array]) -> dict[str, Any] | None:
    """What is to be said where the weights of a round label fewer words right than asked for.

    Returns
    -------
    dict or None
        ``call`` of the plan; ``got`` and ``wanted``, shares of held-back words, and the shares of
        those whose class hangs on the word before, and of the others; weights that are the ``same``
        as before, and those that are ``lost``: not finite; and what `_on_what_was_learned` gives.
    """
    program, wanted = task.exercise.program, task.case.check.accuracy
    assert program is not None
    assert wanted is not None
    for number, call in enumerate(task.plan):
        given, held = task.case.rounds[call.round], task.case.held_back[call.round]
        learned = _weights(task, number, came)
        mask, right = held["mask"], _labelled(program, {**given, **learned}, held).right
        share = float(right[mask].mean())
        if share >= wanted:
            continue
        either = held["either"] & mask
        return {
            "how": "accuracy", "call": number, "got": share, "wanted": wanted,
            "either": float(right[either].mean()), "plain": float(right[mask & ~either].mean()),
            "same": [name for name, a in learned.items() if np.array_equal(a, given[name])],
            "lost": [name for name, array in learned.items() if not np.isfinite(array).all()],
            "weights": list(learned),
            **_on_what_was_learned(program, given, {**given, **learned}),
        }  # fmt: skip
    return None


def _on_what_was_learned(
    program: Program, given: Mapping[str, Array], learned: Mapping[str, Array]
) -> dict[str, Any]:
    """The mean loss of the words that were learned from, before and after, seen in several ways.

    Of all words, of the last of each sentence and of the others, of the padding, and of all words
    where each is read as if it were the first; and how many are right, for their own class and for
    that of the word after them.
    """
    mask, label = given["mask"], given["label"]
    last = np.zeros_like(mask)
    last[mask.sum(axis=0) - 1, np.arange(mask.shape[1])] = True
    before, after = (_labelled(program, weights, given) for weights in (given, learned))
    parts = {"losses": mask, "last": last, "others": mask & ~last, "padding": ~mask}
    found: dict[str, Any] = {
        name: tuple(float(one.loss[part].mean()) for one in (before, after))
        for name, part in parts.items()
    }
    words = {"x": given["x"][mask][np.newaxis], "label": label[mask][np.newaxis]}
    alone = tuple(
        float(_labelled(program, weights, words).loss.mean()) for weights in (given, learned)
    )
    following = {"x": given["x"][:-1], "label": label[1:]}
    of_next = _labelled(program, learned, following).right[mask[1:]]
    seen = float(after.right[mask].mean())
    return {**found, "alone": alone, "seen": seen, "of_next": float(of_next.mean())}


class _Labelled(NamedTuple):
    """Which words of sentences get the right class from a network, and the loss of each."""

    right: npt.NDArray[np.bool_]
    loss: Array


def _labelled(
    program: Program, weights: Mapping[str, Array], sentences: Mapping[str, Array]
) -> _Labelled:
    """Sentences as a network labels them that begins each without a state."""
    x, label = sentences["x"], sentences["label"]
    steps, many = label.shape
    given = {name: array for name, array in weights.items() if "N" not in program.names[name]}
    for name, axes in program.given.items():
        if name in ("lengths", "mask") or name.endswith("_0"):
            shape = {"T": steps, "N": many, "H": weights["W"].shape[1]}
            array = unasked(name, tuple(shape[axis] for axis in axes), steps)
            given |= {} if array is None else {name: array}
    with np.errstate(all="ignore"):
        logits = program.run({**given, "x": x}, wanted=["logits"])["logits"]
        shifted = logits - logits.max(axis=-1, keepdims=True)
        log_sum = np.log(np.exp(shifted).sum(axis=-1))
    of_label = np.take_along_axis(shifted, label[..., np.newaxis], axis=-1)[..., 0]
    right = (logits.argmax(axis=-1) == label) & np.isfinite(logits).all(axis=-1)
    return _Labelled(right, log_sum - of_label)


def _weights(task: Task, number: int, came: Mapping[tuple[int, str], Array]) -> dict[str, Array]:
    """The weights that a call gave back, by the names of the list."""
    exercise = task.exercise
    function = next(f for f in exercise.functions if f.name == task.plan[number].function)
    known = exercise.axes(function.over)
    found: dict[str, Array] = {}
    for key, layout in function.returns.items():
        if isinstance(layout, Learned):
            array = came[number, key].astype(np.float64)
            found |= read_off(layout.of, array, known, task.case.sizes)
    return found
