"""What one trace's equations give when fed with another trace's numbers.

If that is what the other trace has, a difference there is only a consequence of an earlier one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from tracer.cells.activations import Array
from tracer.cells.evaluation import evaluate
from tracer.layertrace import LayerTrace
from tracer.tasks import cross_entropy, d_cross_entropy, softmax
from tracer.trace import Address, Trace


def explain(address: Address, got: Trace, expected: Trace) -> Array | None:
    """What expected's equation for a quantity gives from got's own numbers, (T, N, ·) or a total.

    None where a quantity is given from outside, so that nothing in the trace could explain it.
    """
    if address.name in got.outputs:
        return _output(address.name, got, expected)
    layer, theirs = got.layers[address.layer], expected.layers[address.layer]
    name = address.name
    equation = theirs.cell.equations[name].equation
    if name == "d_h_from_loss" and "d_logits" in got.outputs and expected.head is not None:
        explained: Array = got["d_logits"] @ expected.head.V
        return explained
    if name in {"x", "d_h_from_loss"}:
        return None
    if name.endswith("_prev"):  # handed over by the step before, except at the start
        return _handed_over(layer[name], theirs[name], at=0)
    if name.endswith("_from_next"):  # handed over by the step after, except at the end
        return _handed_over(evaluate(theirs.cell, equation, layer), theirs[name], at=-1)
    if equation:
        return evaluate(theirs.cell, equation, layer)
    return _total(name, layer, theirs)


class _FirstStep(Mapping[str, Array]):
    """For the initial state, ``q_next`` is q of the first step."""

    def __init__(self, layer: LayerTrace) -> None:
        self._layer = layer

    def __getitem__(self, name: str) -> Array:
        first: Array = self._layer[name.removesuffix("_next")][0]
        return first

    def __iter__(self) -> Iterator[str]:
        return iter(self._layer)

    def __len__(self) -> int:
        return len(self._layer)


def _handed_over(numbers: Array, given: Array, at: int) -> Array:
    """`numbers`, but at one end of the sentence what was given from outside."""
    numbers = numbers.copy()
    numbers[at] = given[at]
    return numbers


def _output(name: str, got: Trace, expected: Trace) -> Array | None:
    head, target = expected.head, expected.target
    explained: Array | None = None
    if name == "logits" and head is not None:
        explained = got["h"] @ head.V.T + head.b
    elif name == "probs":
        explained = softmax(got["logits"])
    elif name == "loss" and target is not None:
        explained = cross_entropy(got["logits"], target)
    elif name == "d_logits" and target is not None:
        explained = d_cross_entropy(got["probs"], target)
    elif name == "d_V":
        explained = np.einsum("tnk,tnh->kh", got["d_logits"], got["h"])
    elif name == "d_b":
        explained = got["d_logits"].sum(axis=(0, 1))
    return explained


def _total(name: str, layer: LayerTrace, theirs: LayerTrace) -> Array:
    """A gradient of a parameter or of the initial state, from got's gradients of the sums z."""
    if name.endswith("_0"):  # what the first step hands back
        equation = theirs.cell.equations[name.removesuffix("_0") + "_from_next"].equation
        return evaluate(theirs.cell, equation, _FirstStep(layer))
    gates = [f"d_z_{gate}" for gate in layer.cell.equations.gates] or ["d_z"]
    d_z = np.concatenate([layer[gate] for gate in gates], axis=-1)  # (T, N, 4H)
    if name.startswith("d_a"):
        shares: Array = d_z.sum(axis=1)
    else:
        rows = layer.x if name.startswith("d_U") else layer["h_prev"]
        shares = np.einsum("tnj,tnk->tjk", d_z, rows)
    total: Array = shares if name.endswith("_per_step") else shares.sum(axis=0)
    return total
