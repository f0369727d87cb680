"""Where a number stands in what a student's function returns: ``gradients["dWax"][0, 2]``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from tracer.exercises.axes import Axes
from tracer.exercises.exercise import Check, Exercise, Function, Over
from tracer.exercises.laying_out import laid_out, unscaled
from tracer.exercises.layout import Grouped, Layout, Name


def place_returned(
    exercise: Exercise, check: Check, sizes: Mapping[str, int], name: str, step: int | None,
    at: tuple[int, ...],
) -> str | None:  # fmt: skip
    """Where the student finds a number, as Python writes it.

    None where that is the name and the place that it has on the list.

    Parameters
    ----------
    exercise : Exercise
    check : Check
    sizes : mapping of str to int
    name : str
        The quantity.
    step : int or None
        Which step of it, from 0; None of what has no steps.
    at : tuple of int
        Its place on the axes of one step.
    """
    for over, written, leaf in _returned(exercise, check):
        if name in leaf.names:
            at_all = (step, *at) if step is not None and over == "sequence" else at
            found = _index(leaf, name, at_all, exercise.axes(over), sizes)
            if isinstance(leaf, Name) and written == name:
                return None
            return written + (str(list(found)) if found else "")
    return None


def _returned(exercise: Exercise, check: Check) -> Iterator[tuple[Over, str, Layout]]:
    """Each array that a check looks at: what its function is over, and how it is laid out."""
    for function in exercise.called(check):
        for key, layout in function.returns.items():
            if layout is not None and key in check.expect:
                for written, leaf in _leaves(key, layout):
                    yield function.over, written, leaf


def as_written(function: Function) -> dict[str, str]:
    """How Python writes the place of each array that a function takes: ``forward["c"]``."""
    return {
        key: written
        for name, layout in function.taken.items()
        if layout is not None
        for key, (written, _leaf) in zip(layout.leaves(name), _leaves(name, layout), strict=True)
    }


def _leaves(written: str, layout: Layout) -> list[tuple[str, Layout]]:
    """The arrays of what is returned, each as Python gets at it."""
    if not isinstance(layout, Grouped):
        return [(written, layout)]
    return [
        leaf
        for number, (key, part) in enumerate(layout.named)
        for leaf in _leaves(
            f'{written}["{key}"]' if layout.kind == "dict" else f"{written}[{number}]", part
        )
    ]


def _index(
    layout: Layout, name: str, at: tuple[int, ...], known: Mapping[str, Axes],
    sizes: Mapping[str, int],
) -> tuple[int, ...]:  # fmt: skip
    """The place in an array that is laid out like this: all is laid out as 0, the number as 1."""
    marks = {
        other: np.zeros([axis.length(sizes) for axis in known[other]], int)
        for other in layout.names
    }
    marks[name][at] = 1
    (found,) = np.argwhere(laid_out(unscaled(layout), marks, known, sizes))
    return tuple(int(index) for index in found)
