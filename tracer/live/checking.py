"""``tracer.check``: the report of ``tracer check`` on functions that are there already."""

from __future__ import annotations

import os
import sys

from tracer.errors import InputError
from tracer.exercises.exercise import Exercise
from tracer.grading.session import grade_form
from tracer.language import quoted_file
from tracer.live.chosen import chosen
from tracer.live.earlier import answers_of
from tracer.live.here import Here
from tracer.live.importing import forget_changed
from tracer.live.named import the_exercise
from tracer.live.result import Checked
from tracer.live.saved import old_in
from tracer.trace.whole import as_whole, written

LARGEST = 2**64 - 1
"""Of the seeds: a report writes them."""


def check(
    exercise: str,
    answer: object = None,
    /,
    *,
    seed: int | None = None,
    exercises: str | os.PathLike[str] | None = None,
    **functions: object,
) -> Checked:
    """Check functions of a notebook or a script, as ``tracer check`` does a file.

    They are called in this process, with copies of every array; what they print is seen at once,
    and Ctrl-C ends them. Nothing is written, and no limit on time or memory is set.

    Parameters
    ----------
    exercise : str
        Its name, its number, or the start of either.
    answer : callable, mapping or module
        The function or class that the exercise asks for. Where it asks for several: a mapping or a
        module that has them by their names; or leave it out and give each as a keyword.
    seed : int, optional
        From 0 to 2**64 - 1. Repeats an earlier check with the same numbers; the result has it.
    exercises : path, optional
        A folder of exercises of your own; by default those of tracer.
    **functions : callable
        Functions and classes by the names that the exercise has for them.

    Returns
    -------
    Checked
        A notebook draws it, `print` writes the screen of ``tracer check``, `float` gives the share
        of the points.

    Raises
    ------
    UnknownNameError
        If there is no such exercise.
    InputError
        If a function is missing, or is none; and of an exercise with kernels for a card, for Numba
        plays one only where that was asked for before it was imported.

    Examples
    --------
    >>> import numpy as np, tracer
    >>> def rnn_step(x, h_prev, U, W, a):
    ...     return np.tanh(x @ U.T + h_prev @ W.T + a)
    >>> float(tracer.check("rnn_step", rnn_step))
    1.0
    """
    if seed is not None:
        seed, came = as_whole(seed), seed
        if seed is None or not 0 <= seed <= LARGEST:
            raise InputError(f"seed = {written(came)}; expected a whole number from 0 to {LARGEST}")
    asked = the_exercise(exercise, exercises)
    if asked.device:
        raise InputError(_elsewhere(asked, exercises))
    if any(one.nopython for one in asked.checks) and _switched_off():
        raise InputError(
            f"exercise {asked.name} cannot be checked in this Python: NUMBA_DISABLE_JIT is set, so "
            "Numba compiles nothing. Start Python, or the notebook's kernel, without it"
        )
    own = chosen(asked, answer, functions)
    answers = answers_of(asked, own)
    form = answers[asked.module].form
    report = grade_form(asked, form, form.file, seed=seed, wall=Here(answers), read=True)
    folder = None if exercises is None else os.fspath(exercises)
    forget_changed()
    return Checked(report, folder, tuple(old_in(own.values())))


def _switched_off() -> bool:
    """Whether Numba compiles nothing in this Python; it looks at the variable when imported."""
    numba = sys.modules.get("numba")
    if numba is not None:
        return bool(numba.config.DISABLE_JIT)
    return os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")


def _elsewhere(exercise: Exercise, folder: str | os.PathLike[str] | None) -> str:
    """How to check what needs the simulator of a card."""
    command = f"tracer check {quoted_file(exercise.file)} --exercise {exercise.number}"
    if folder is not None:
        command += f" --exercises {quoted_file(folder)}"
    return (
        f"exercise {exercise.name} cannot be checked in this Python: its kernels run in Numba's "
        "simulator of a card, which tracer check switches on in a process of its own, before Numba "
        f"is imported. Save your answer in {exercise.file}, and in a terminal type: {command}"
    )
