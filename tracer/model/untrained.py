"""A network as it was before it learned anything: where vanishing gradients do their harm."""

from __future__ import annotations

from dataclasses import replace

from tracer.model.initial import initial_weights
from tracer.model.model import Layer, Model
from tracer.trace.trace import Head


def untrained(
    model: Model, *, initial: str = "uniform", forget_bias: float = 1.0, seed: int = 0
) -> Model:
    """The same network with fresh random weights; the numbers of its words stay.

    Parameters
    ----------
    model : Model
    initial, forget_bias, seed
        As in `tracer.model.initial.initial_weights`.
    """
    cell = model.cell
    weights = initial_weights(
        cell.equations.name,
        {"D": cell.U.shape[1], "H": cell.W.shape[1], "K": len(model.labels)},
        initial=initial,
        forget_bias=forget_bias,
        seed=seed,
        dtype=cell.W.dtype.name,
    )
    fresh = replace(cell, U=weights["U"], W=weights["W"], a=weights["a"])
    return replace(
        model,
        name=f"untrained {model.name}",
        layers=(Layer(fresh, model.layers[-1].direction),),
        head=Head(weights["V"], weights["b"]),
    )
