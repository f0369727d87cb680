"""What a pass sees in the place of what was given: blocks in another order, other steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array
from tracer.equations.expression import Expression, Name
from tracer.program.compiled import compiled

if TYPE_CHECKING:
    from tracer.program.program import Program


def blocks(program: Program, values: Mapping[str, Any]) -> dict[str, Any]:
    """The blocks of the parameters that are there; one that was given itself stays."""
    found = {}
    H = values.get("H", 0)
    for name, (whole, above) in program.blocks.items():
        if name not in values and whole in values:
            found[name] = values[whole][above * H : (above + 1) * H]
    return found


def seen(
    program: Program, values: Mapping[str, Any], expressions: Mapping[str, Expression]
) -> dict[str, Any]:
    """What is read in the place of given arrays and of blocks, all at once.

    A block of an array that is itself read otherwise is cut from what is read.
    """
    whole = {n: e for n, e in expressions.items() if n not in program.blocks}
    found = {n: _value(program, n, e, values) for n, e in whole.items()}
    uncut = {n: v for n, v in values.items() if n not in program.blocks}
    found |= blocks(program, {**uncut, **found})
    later = {**values, **found}
    parts = {n: e for n, e in expressions.items() if n in program.blocks}
    return found | {n: _value(program, n, e, later) for n, e in parts.items()}


def _value(program: Program, name: str, expression: Expression, values: Mapping[str, Any]) -> Any:
    now = expression.replaced({"it": Name(name)})
    stacked = program.names[name][:1] == ("T",)
    value = compiled(now, program.name, (), all_steps=stacked)(values)
    shape = np.shape(values[name]) if name in values else np.shape(value)
    return value if np.shape(value) == shape else np.broadcast_to(value, shape)


def past_of(program: Program, name: str, word: str, e: Mapping[str, Any]) -> Any:
    """What the backward pass reads for a forward quantity (T, N, H)."""
    q = e[name]
    carry = next((c for c in program.carries.values() if c.into == name), None)
    match word:
        case "zero":
            return np.zeros_like(q)
        case "last":
            return np.broadcast_to(q[-1], q.shape)
        case "next":
            return np.concatenate([q[1:], q[-1:]])
        case "before":
            return np.concatenate([q[:1], q[:-1]])
    if carry is None:
        return e[word]
    after, first = e[carry.of], e[carry.initial]
    match word:
        case "wrap":
            return np.concatenate([after[-1:], q[1:]])
        case "zero at first":
            return np.concatenate([np.zeros_like(q[:1]), q[1:]])
        case "initial":
            return np.broadcast_to(first, q.shape)
        case "two back":
            return np.concatenate([np.broadcast_to(first, q[:1].shape), q[:-1]])
        case "this":
            return after
    return e[word]


def order_of(
    program: Program, shapes: Mapping[str, tuple[int, ...]]
) -> dict[str, npt.NDArray[np.int64]]:
    """For each parameter that is only put in another order: where each number really stands.

    A parameter in which a number is seen twice, or not at all, is none of them.
    """
    both = {n: e for n, e in program.seen_forward.items() if program.seen_backward.get(n) == e}
    found = {}
    for name, expression in both.items():
        if name in program.blocks or f"d_{name}" not in program.lines or name not in shapes:
            continue
        labels = {n: np.arange(float(np.prod(shape))).reshape(shape) for n, shape in shapes.items()}
        read = expression.reads
        if any(program.blocks.get(r, (r, 0))[0] not in (name, "it") for r in read):
            continue
        H = shapes["W"][1]
        places = seen(
            program, {**labels, **blocks(program, {**labels, "H": H}), "H": H}, {name: expression}
        )[name]
        flat = places.ravel()
        if np.array_equal(np.sort(flat), np.arange(flat.size)):
            found[name] = places.astype(np.int64)
    return found


def put_back(places: npt.NDArray[np.int64], d: Array) -> Array:
    """A gradient of what was read, in the order of what was given."""
    found = np.empty_like(d)
    found.ravel()[places.ravel()] = d.ravel()
    return found
