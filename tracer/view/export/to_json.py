"""A trace as one JSON document: every quantity, with its symbol, kind, axes and meaning.

The document is an object with

``tracer``      the version that wrote it, and ``format`` the version of this layout (1)
``model cell task labels device dtype level``  where the numbers come from
``steps``       the numbers of the steps as screens call them: 1, 2, …
``sentences``   for each: words, length, given (how many words were; those after them a network said
                itself), unknown (step numbers), answers (label and probability)
``units``       the numbers of the units, from 0
``quantities``  by name: symbol, equation, kind, meaning, dims, values (nested as dims says)
``notes``       what a reader must know

JSON has no NaN and no infinity: they are written as the strings "NaN", "Infinity" and "-Infinity".
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

import tracer
from tracer.errors import InputError
from tracer.kernels.memory import GB, missing
from tracer.language import _
from tracer.trace.trace import Trace
from tracer.view.parts.strip import Answer, strip
from tracer.view.say.sentence import NO_ANSWER, Sentence

FORMAT = 1

NOTES = (
    'numbers that JSON does not know are written as "NaN", "Infinity" and "-Infinity"',
    "past its length a sequence's h and c stand still and every other quantity is 0",
)


def to_json(trace: Trace, names: Sequence[str] | None = None) -> str:
    """The document, with only the quantities `names` if they are given."""
    sentences = [Sentence(trace, number) for number in range(trace.N)]
    document = {
        "tracer": tracer.__version__,
        "format": FORMAT,
        "model": trace.model_name,
        "cell": trace.equations.name,
        "task": trace.task,
        "labels": trace.labels,
        "device": trace.device,
        "dtype": str(trace.dtype),
        "level": trace.level,
        "units": np.arange(trace.H)[trace.units].tolist(),
        "steps": [step + trace.first_step + 1 for step in range(trace.T)],
        "sentences": [_sentence(sentence) for sentence in sentences],
        "quantities": {name: _quantity(trace, name) for name in names or trace.names},
        "notes": NOTES,
    }
    return json.dumps(document, ensure_ascii=True, allow_nan=False)


BYTES = 150
"""Memory of one number in a document, as Python holds it and as text."""


def check_room(trace: Trace, count: int, T: int, names: Sequence[str] | None = None) -> None:
    """Raise an `InputError` where the document of a batch would not fit into memory.

    Parameters
    ----------
    trace : Trace
        Of one of its sentences.
    count, T : int
        How many sentences there are, and the steps of the longest, to which all are padded.
    names : sequence of str
        As in `to_json`.
    """
    sizes = {"unit": trace.H, "input": trace.D, "class": trace.K or 0}
    listed = (trace.quantity(name) for name in names or trace.names)
    each = [math.prod(sizes[dim] for dim in q.dims[2:]) for q in listed if q.of_each_step]
    needed = sum(each) * count * T * BYTES
    free = missing(needed)
    if not free:
        return
    if count > 1:
        raise InputError(
            _(
                "JSON pads each of {count} sentences to the {T} words of the longest and would "
                "take {needed:,.1f} GB of memory; {free:,.1f} GB are free. --format csv has no "
                "padding, and --sentence chooses one"
            ).format(count=count, T=T, needed=needed / GB, free=free / GB)
        )
    raise InputError(
        _(
            "JSON of {T:,} steps would take {needed:,.1f} GB of memory; {free:,.1f} GB are free. "
            "--format csv is written piece by piece, and --steps chooses some"
        ).format(T=T, needed=needed / GB, free=free / GB)
    )


def _sentence(sentence: Sentence) -> dict[str, Any]:
    tokens, part = sentence.trace.tokens, strip(sentence)
    return {
        "words": None if tokens is None else list(tokens[sentence.number]),
        "length": len(part.rows),
        "given": sentence.given,
        "unknown": [row.step for row in part.rows if row.unknown],
        "answers": None if sentence.best is None else [
            _answer(sentence.trace, row.answer) for row in part.rows if row.answer is not None
        ],
    }  # fmt: skip


def _answer(trace: Trace, answer: Answer) -> dict[str, Any]:
    """An answer with its label as it is; the screen's is made safe to show."""
    label = None
    if answer.index != NO_ANSWER:
        label = trace.labels[answer.index] if trace.labels else str(answer.index)
    return {
        "label": label,
        "probability": json_number(answer.share),
        "counts": answer.counts,
    }


def _quantity(trace: Trace, name: str) -> dict[str, Any]:
    quantity = trace.quantity(name)
    return {
        "symbol": quantity.symbol,
        "equation": quantity.equation,
        "kind": str(quantity.kind),
        "meaning": quantity.meaning,
        "dims": trace.dims(name),
        "values": _nested(np.asarray(trace[name])),
    }


def _nested(array: np.ndarray[Any, Any]) -> Any:
    """The array as lists; float32 numbers in the fewest digits that give the same float32."""
    if array.dtype == np.float32:
        array = np.array([float(str(value)) for value in array.ravel()]).reshape(array.shape)
    if np.isfinite(array).all():
        return array.tolist()
    return [_nested(part) if np.ndim(part) else json_number(part) for part in array]


def json_number(value: Any) -> float | str:
    """A number as JSON can hold it: what is not finite becomes a string."""
    number = float(str(value))
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return number
