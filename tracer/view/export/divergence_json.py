"""Where two traces part, for programs: JSON.

``equal`` is true, and all there is, where they agree in every number. Else it is false, and

``t batch quantity unit got expected``  the first number that differs, in computing order
``beside``        how many more numbers of that quantity differ at the same step and sentence
``consequences``  how many numbers differ only because of it
``again``         how many more numbers of that quantity differ independently
``also``          the first place of each other quantity that differs independently
``measure``       the quantity whose distance ``steps`` have (h, as a rule); "" where a quantity
                  without steps is the only one that differs
``steps``         for each step of that sentence: t, words (one, or that of each trace), most, and
                  answers (label and probability in each trace; [] where there is no output)
``gates``         for the first step that differs and the one that differs most: t, and most of each
                  gate and state

``most`` is the number that is farthest apart: quantity, unit, got and expected; null where a step
is equal. ``t`` counts from 1, as screens do; everything else from 0. ``got`` is of the first trace.
What JSON does not know is written as the strings "NaN", "Infinity" and "-Infinity".
"""

from __future__ import annotations

from typing import Any

from tracer.trace.differing import Divergence
from tracer.view.export.to_json import json_number
from tracer.view.parts.parting import Most, Parting, StepApart


def as_record(found: Divergence | None, part: Parting, first_step: int = 0) -> dict[str, Any]:
    """All that the screen says of two traces; `found` is what `tracer.compare` says."""
    if found is None:
        return {"equal": True}
    return {
        "equal": False,
        **_place(found, first_step),
        "also": [_place(other, first_step) for other in found.also],
        "measure": part.measure,
        "steps": [_step(step) for step in part.steps],
        "gates": [
            {"t": step.step, "most": [_most(most) for most in rows]} for step, rows in part.gates
        ],
    }


def _place(found: Divergence, first_step: int) -> dict[str, Any]:
    return {
        "t": found.step + first_step + 1,
        "batch": found.batch,
        "quantity": found.quantity,
        "unit": found.unit,
        "got": json_number(found.got),
        "expected": json_number(found.expected),
        "beside": found.beside,
        "consequences": found.consequences,
        "again": found.again,
    }


def _step(step: StepApart) -> dict[str, Any]:
    return {
        "t": step.step,
        "words": step.words,
        "most": None if step.most is None else _most(step.most),
        "answers": [
            {"label": answer.label, "probability": json_number(answer.share)}
            for answer in step.answers
        ],
    }


def _most(most: Most) -> dict[str, Any]:
    return {
        "quantity": most.name,
        "unit": most.unit,
        "got": json_number(most.a),
        "expected": json_number(most.b),
    }
