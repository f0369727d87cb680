"""What one trace's equations give when fed with another trace's numbers.

If that is what the other trace has, a difference there is only a consequence of an earlier one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tracer.cells import Cell
from tracer.cells.activations import Array
from tracer.cells.evaluation import evaluate, size
from tracer.cells.output import cross_entropy, d_cross_entropy, softmax
from tracer.equations import Kind
from tracer.equations.expression import Call, Expression, Name
from tracer.trace.layer import LayerTrace
from tracer.trace.trace import Address, Trace
from tracer.trace.weights import blocks_of, side_by_side


class Explained(NamedTuple):
    """What an equation gives, and how large the terms are that it adds up.

    Terms may cancel, so that a sum of large numbers is small; its rounding is not. `size` is the
    sum of their absolute values, number by number, see `Expression.size`.
    """

    value: Array
    size: Array


def explain(address: Address, got: Trace, expected: Trace) -> Explained | None:
    """What expected's equation for a quantity gives from got's own numbers, (T, N, ·) or a total.

    Forward, the parameters are expected's. Backward they are got's: the backward pass uses the
    same weights again, and one that differs has been blamed in the forward pass. Past a sequence's
    length the equation is that the state stands still and its gradient is passed through.

    None where a quantity is given from outside, so that nothing in the trace could explain it.
    """
    layer, theirs = got.layers[address.layer], expected.layers[address.layer]
    name, is_last = address.name, layer is got.last
    if is_last and name in got.outputs:
        return _output(name, got, expected)
    if is_last and name == "d_h_from_loss" and got.head is not None and "d_logits" in got.outputs:
        return _product(got["d_logits"], got.head.V)
    if name in {"x", "d_h_from_loss"}:
        return None
    if name.endswith("_prev"):  # handed over by the step before, except at the start
        value = np.concatenate([theirs[name][:1], layer[name][1:]])
        handed = explain(address._replace(name=name.removesuffix("_prev")), got, expected)
        assert handed is not None  # a state has an equation
        return Explained(value, np.concatenate([np.abs(value[:1]), handed.size[:-1]]))
    if name.endswith("_from_next"):  # handed back by the step after, except at the end
        back, end = _handed_back(name, layer, slice(1, None)), theirs[name][-1:]
        return Explained(
            np.concatenate([back.value, end]), np.concatenate([back.size, np.abs(end)])
        )
    if name.endswith("_0"):  # what the first step hands back
        back = _handed_back(name.removesuffix("_0") + "_from_next", layer, slice(0, 1))
        return Explained(back.value[0], back.size[0])
    quantity = theirs.cell.equations[name]
    if not quantity.equation:
        return _of_parameter(name, layer)
    cell = layer.cell if quantity.kind is Kind.GRADIENT else theirs.cell
    found = _evaluated(cell, quantity.expression, layer)
    return found if name == "d_h" else _still(found, layer, _standing(name, layer))


# -- one equation --------------------------------------------------------------------------------


def _evaluated(cell: Cell, equation: Expression, values: Mapping[str, Array]) -> Explained:
    terms = size(cell, equation, values)
    match equation:
        case Call(function, (Name(z),)) if function in cell.equations.functions:
            # A sum may be small and its rounding not: f hands that on, as far as f is steep.
            slope = evaluate(cell, Call(f"d{function}", (Name(z),)), values)
            terms = terms + np.abs(slope) * size(cell, cell.equations[z].expression, values)
    return Explained(evaluate(cell, equation, values), terms)


def _product(rows: Array, M: Array) -> Explained:
    with np.errstate(all="ignore"):
        return Explained(rows @ M, np.abs(rows) @ np.abs(M))


# -- past the end of a sequence ------------------------------------------------------------------


def _still(found: Explained, layer: LayerTrace, standing: Array) -> Explained:
    """What was found, but `standing` at steps past a sequence's length."""
    real = _real(layer)
    return Explained(
        np.where(real, found.value, standing), np.where(real, found.size, np.abs(standing))
    )


def _real(layer: LayerTrace) -> npt.NDArray[np.bool_]:
    """Which steps are within their sequence, (T, N, 1)."""
    steps = np.arange(len(layer.x))[:, np.newaxis]
    return (steps < layer.lengths)[..., np.newaxis]


def _standing(name: str, layer: LayerTrace) -> Array:
    """What a quantity is past the end, from got's own numbers."""
    if name in layer.initial:
        return layer[f"{name}_prev"]
    if name.removeprefix("d_") in layer.initial:  # of what stands still beside h
        return layer[f"{name}_from_next"]
    return np.zeros(1, layer.x.dtype)


# -- backward ------------------------------------------------------------------------------------


class _Handing(Mapping[str, Array]):
    """The numbers of a step as the one before sees them: ``q_next`` is the step's own q."""

    def __init__(self, layer: LayerTrace, steps: slice) -> None:
        self._layer = layer
        self._steps = steps

    def __getitem__(self, name: str) -> Array:
        numbers: Array = self._layer[name.removesuffix("_next")][self._steps]
        return numbers

    def __iter__(self) -> Iterator[str]:
        return iter(self._layer)

    def __len__(self) -> int:
        return len(self._layer)


def _handed_back(name: str, layer: LayerTrace, steps: slice) -> Explained:
    """What `steps` hand back as the ``d_*_from_next`` called `name` of the steps before them."""
    cell, passed = layer.cell, layer[name.removesuffix("_from_next")][steps]
    found = _evaluated(cell, cell.equations[name].expression, _Handing(layer, steps))
    real = _real(layer)[steps]
    return Explained(
        np.where(real, found.value, passed), np.where(real, found.size, np.abs(passed))
    )


def _of_parameter(name: str, layer: LayerTrace) -> Explained:
    """The gradient of a parameter, from got's gradients of the sums z."""
    per_step = name.endswith("_per_step")
    parameter = layer.cell.equations.parameter(name.removeprefix("d_").removesuffix("_per_step"))
    blocks = [
        _summed(
            side_by_side(names, layer), None if rows is None else layer[rows], per_step=per_step
        )
        for names, rows in blocks_of(parameter.gradient)
    ]
    axis = 1 if per_step else 0
    return Explained(*(np.concatenate(part, axis) for part in zip(*blocks, strict=True)))


def _summed(d: Array, rows: Array | None, *, per_step: bool = False) -> Explained:
    """The sum of ``d rows^T``, or of d alone, over the sentences, and over the steps too."""
    if not per_step:
        d = d.reshape(1, -1, d.shape[-1])
        rows = None if rows is None else rows.reshape(1, -1, rows.shape[-1])
    with np.errstate(all="ignore"):
        if rows is None:
            found = Explained(d.sum(axis=1), np.abs(d).sum(axis=1))
        else:
            found = _product(d.swapaxes(1, 2), rows)
    return found if per_step else Explained(found.value[0], found.size[0])


# -- output --------------------------------------------------------------------------------------


def _output(name: str, got: Trace, expected: Trace) -> Explained | None:
    """Outputs past a sequence's length are 0, as the scores and the target there are."""
    head, target = expected.head, expected.target
    if name in {"d_V", "d_b"}:
        return _summed(got["d_logits"], got["h"] if name == "d_V" else None)
    found: Explained | None = None
    if name == "logits" and head is not None:
        h_V = _product(got["h"], head.V.T)
        found = Explained(h_V.value + head.b, h_V.size + np.abs(head.b))
    elif name == "probs":
        p = softmax(got["logits"])
        found = Explained(p, np.abs(p))
    elif name == "loss" and target is not None:
        loss = cross_entropy(got["logits"], target)
        return Explained(loss, 1 + np.abs(loss))  # -ln p is rounded like p where p is near 1
    elif name == "d_logits" and target is not None:
        # The loss is a mean over all sentences, also over those that were cut away.
        share = expected.N / (expected.averaged_over or expected.N)
        d = d_cross_entropy(got["probs"], target) * np.asarray(share, got.dtype)
        found = Explained(d, np.abs(d) + 1 / expected.N)
    return None if found is None else _still(found, got.last, np.zeros(1, got.dtype))
