"""Why a quantity that other traces have is not in this one, and how to get it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracer.equations import OUTPUT, OUTPUT_BACKWARD

if TYPE_CHECKING:
    from tracer.trace.trace import Trace


def why_absent(trace: Trace, name: str) -> str:
    """The reason; empty where no trace of this kind of cell has a quantity of that name."""
    if name not in {q.name for q in (*trace.equations.backward, *OUTPUT, *OUTPUT_BACKWARD)}:
        return ""
    if name == "loss" and trace.head is not None:
        return "a loss needs a target: model.trace(sentence, target=...)"
    if trace.head is None and name not in trace.equations:
        return "it was made without an output layer, as a Model has one"
    if "d_h" not in trace:
        return (
            "it was not run backward: model.trace(sentence, target=..., backward=True), or "
            "tracer.backprop(trace, d_h)"
        )
    total = f"d_{trace.equations.parameters[0].name}"
    if total not in trace:
        return "this is part of a trace, without some of the steps or sentences that it is about"
    if name.endswith("_per_step") and f"{total}_per_step" not in trace:
        return "it was run backward without per_step=True"
    return "it was run backward from d_h, not from a loss: model.trace(..., backward=True)"
