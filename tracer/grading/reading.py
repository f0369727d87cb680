"""A right answer reads a sentence, with the weights of a trained network that comes with tracer.

It is called as in a check, behind the same wall, after the verdict, and changes nothing of it:
where it fails or takes long, nothing is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO
from typing import TYPE_CHECKING

import numpy as np

from tracer.cells.output import softmax
from tracer.equations import CELLS
from tracer.exercises.cases import Case
from tracer.exercises.exercise import Check, Exercise
from tracer.exercises.handing import returned
from tracer.exercises.plan import plan, read_back
from tracer.grading.comparing import TOLERANCE, near
from tracer.grading.report import Array, Reading

if TYPE_CHECKING:
    from tracer.grading.session import Session
    from tracer.model.model import Model

SENTENCE = "you are a really bad man"

MOST = 2.0
"""Seconds of processor time that the call may take."""

_STATE = ("T", "N", "H")


def read_by(session: Session) -> Reading | None:
    """What the answer makes of the sentence; None where it is asked for no state of each word."""
    check = _asking_for_h(session.exercise)
    if check is None:
        return None
    try:
        with redirect_stdout(StringIO()):  # in a notebook it has printed enough
            return _read(session, check)
    except Exception:  # noqa: BLE001 - the verdict is there, and this is no part of it
        return None


def _asking_for_h(exercise: Exercise) -> Check | None:
    """A check of functions that take a whole sentence and give h after each word."""
    from tracer.model.file import shipped_names

    program = exercise.program
    if (
        program is None
        or exercise.equations not in CELLS
        or program.names.get("h") != _STATE
        or f"{exercise.equations}-classify" not in shipped_names()
    ):
        return None
    for check in exercise.checks:
        functions = exercise.called(check)
        given = {
            name
            for function in functions
            for key, layout in returned(function).items()
            if key.partition(".")[0] in check.expect
            for name in layout.names
        }
        forward = not any(name.startswith("d_") for name in given)
        if forward and "h" in given and {f.over for f in functions} == {"sequence"}:
            return replace(
                check, calls=1, dtype="float64", lengths="full", zero=(), large={},
                inputs_kept=False, nopython=False,
            )  # fmt: skip
    return None


def _read(session: Session, check: Check) -> Reading | None:
    from tracer.model.model import Model

    exercise = session.exercise
    assert exercise.program is not None
    model = Model.shipped(f"{exercise.equations}-classify")
    words = model.encoder.split(SENTENCE)
    x = model.encoder.encode(words).astype(np.float64)  # (T, D)
    T, D = x.shape
    H = model.cell.W.shape[1]
    given = {
        "x": x[:, np.newaxis],
        **{name: getattr(model.cell, name).astype(np.float64) for name in ("U", "W", "a")},
        "V": model.head.V.astype(np.float64),
        "b": model.head.b.astype(np.float64),
        "h_0": np.zeros((1, H)),
        "c_0": np.zeros((1, H)),
        "lengths": np.array([T]),
        "mask": np.ones((T, 1), bool),
    }
    given = {name: array for name, array in given.items() if name in exercise.program.given}
    case = Case(check, {"T": T, "N": 1, "D": D, "H": H, "K": len(model.labels)}, (given,))
    calls = plan(exercise, case)
    limits = replace(session.limits, seconds=min(session.limits.seconds, MOST))
    _run, transcript = session.asked([calls], limits)
    (answer,) = transcript.answers
    came = read_back(exercise, case, answer.arrays)[0].get("h")
    if transcript.problem or not answer.finished or came is None or came.shape != (T, 1, H):
        return None
    own = exercise.program.run(given, wanted=["h"])["h"]
    return _said_of(model, words, calls[-1].function, came[:, 0].astype(np.float64), own[:, 0])


def _said_of(model: Model, words: Sequence[str], function: str, h: Array, own: Array) -> Reading:
    """What the network says after the last word, of the state that came."""
    shares = softmax(model.head.V @ h[-1] + model.head.b)
    best = int(shares.argmax())
    return Reading(
        function=function,
        model=model.name,
        words=tuple(words),
        h=h,
        label=model.labels[best],
        share=float(shares[best]),
        same=bool(near(h, own, TOLERANCE["float64"]).all()),
    )
