"""What a loss is taken against when somebody asks for gradients of a sentence.

A sentence that was typed comes without a right answer. Then the network's own answer stands in for
it: the gradient says what would make the network surer of what it says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tracer.equations.tasks import TASKS
from tracer.errors import InputError
from tracer.model.model import Model
from tracer.trace.trace import Trace

Target = str | list[str]


def own_answers(trace: Trace) -> list[Target]:
    """What the network itself says, for each sentence: one label, or one for each word."""
    if trace.labels is None or trace.task is None:
        raise InputError("a trace without a model has no answers")
    answers: list[Target] = []
    for number, length in enumerate(trace.lengths.tolist()):
        best = trace["probs"][:length, number].argmax(axis=-1)
        labels = [trace.labels[k] for k in best]
        answers.append(labels if _each_word(trace.task) else labels[-1])
    return answers


def target_named(text: str, task: str) -> Target:
    """A target as people type it: ``praise``; for a label a word ``noun verb`` or ``noun,verb``."""
    return re.findall(r"[^\s,]+", text) if _each_word(task) else text.strip()


def target_trace(
    model: Model,
    sentences: Sequence[str],
    target: str | None = None,
    *,
    device: str = "cpu",
    level: str = "all",
    backward: bool = False,
    averaged_over: int | None = None,
) -> Trace:
    """Every number of `sentences`, and their loss.

    Parameters
    ----------
    model : Model
    sentences : sequence of str
    target : str
        As `target_named` reads it, the same for every sentence; without one, each network's own
        answer.
    device, level : str
        As in `tracer.unroll`.
    backward : bool
        Also every gradient.
    averaged_over : int
        As in `Model.trace`.
    """
    wanted: list[Target]
    if target is None:
        # A model that generates would go on with the sentence; asked for one word, it only reads.
        most = 1 if model.task == "generate" else None
        said = model.trace(sentences, device=device, level="states", steps=most)
        wanted = own_answers(said)
    else:
        wanted = [target_named(target, model.task)] * len(sentences)
    return model.trace(
        sentences, target=wanted, device=device, level=level, backward=backward,
        averaged_over=averaged_over,
    )  # fmt: skip


def _each_word(task: str) -> bool:
    return TASKS[task].counts == "every step"
