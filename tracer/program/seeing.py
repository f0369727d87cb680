"""What a pass sees in the place of what was given: blocks in another order, other steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array
from tracer.equations.expression import Expression, Name
from tracer.program.compiled import compiled

if TYPE_CHECKING:
    from tracer.program.program import Carry, Program


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


def _carry_into(program: Program, name: str) -> Carry | None:
    return next((c for c in program.carries.values() if c.into == name), None)


def read_of_the_past(program: Program, names: Iterable[str]) -> Iterator[str]:
    """What has to be there, so that the past of some names can be read."""
    for name in names:
        word = program.past.get(name, "")
        carry = _carry_into(program, name)
        if carry is not None and word in {"wrap", "this"}:
            yield carry.of
        elif carry is not None and word in {"initial", "two back"}:
            yield carry.initial
        elif word in program.names:
            yield word


def past_of(program: Program, name: str, word: str, e: Mapping[str, Any]) -> Any:
    """What the backward pass reads for a forward quantity (T, N, H)."""
    q = e[name]
    match word:
        case "zero":
            return np.zeros_like(q)
        case "last":
            return np.broadcast_to(q[-1], q.shape)
        case "next":
            return np.concatenate([q[1:], q[-1:]])
        case "before":
            return np.concatenate([q[:1], q[:-1]])
        case "zero at first":
            return np.concatenate([np.zeros_like(q[:1]), q[1:]])
    carry = _carry_into(program, name)
    if carry is not None:
        match word:
            case "wrap":
                return np.concatenate([e[carry.of][-1:], q[1:]])
            case "this":
                return e[carry.of]
            case "initial":
                return np.broadcast_to(e[carry.initial], q.shape)
            case "two back":
                return np.concatenate([e[carry.initial][np.newaxis], q[:-1]])
    return e[word]


def places_of(
    program: Program, shapes: Mapping[str, tuple[int, ...]], sizes: Mapping[str, int]
) -> dict[str, npt.NDArray[np.int64]] | None:
    """Where each number of a parameter really stands, by counting all the numbers given.

    What is read is computed once with these counts in the place of the numbers. None where both
    passes do not read the same, or what is read is no number of the parameters.
    """
    parameters = [
        n for n in program.given if f"d_{n}" in program.lines and n != "x" and n in shapes
    ]
    wholes = {n: program.blocks.get(n, (n, 0))[0] for n in program.seen_forward}
    expressions = {n: e for n, e in program.seen_forward.items() if wholes[n] in parameters}
    if not expressions or any(program.seen_backward.get(n) != e for n, e in expressions.items()):
        return None
    counts: dict[str, Any] = dict(sizes)
    start = 0
    for name in parameters:
        size = int(np.prod(shapes[name]))
        counts[name] = np.arange(start, start + size, dtype=np.float64).reshape(shapes[name])
        start += size
    read = {**counts, **seen(program, counts | blocks(program, counts), expressions)}
    places = {}
    for name in parameters:
        parts = [block for block, (whole, _) in program.blocks.items() if whole == name]
        whole = np.concatenate([read[part] for part in parts]) if parts else read[name]
        places[name] = whole.astype(np.int64)
        if not np.array_equal(places[name], whole) or whole.min() < 0 or whole.max() >= start:
            return None
    return places


def put_back(
    places: Mapping[str, npt.NDArray[np.int64]], d: Mapping[str, Array], *, adds_up: bool
) -> dict[str, Array]:
    """Gradients of what was read, as gradients of what was given; nothing where they are not known.

    Parameters
    ----------
    places : mapping
        Of every parameter, see `places_of`.
    d : mapping
        The gradients of some.
    adds_up : bool
        Whether a number that is read twice has both gradients added up; else only parameters that
        are read in another order are put back.
    """
    every = np.concatenate([places[name].ravel() for name in d])
    sizes = {name: array.size for name, array in places.items()}
    starts = dict(zip(sizes, np.cumsum([0, *sizes.values()]).tolist(), strict=False))
    ours = np.concatenate([np.arange(starts[n], starts[n] + sizes[n]) for n in d])
    if not np.isin(every, ours).all():
        return {}
    if not adds_up and not np.array_equal(np.sort(every), np.sort(ours)):
        return {}
    whole = np.zeros(sum(sizes.values()))
    np.add.at(whole, every, np.concatenate([array.ravel() for array in d.values()]))
    return {n: whole[starts[n] :][: sizes[n]].reshape(d[n].shape) for n in d}
