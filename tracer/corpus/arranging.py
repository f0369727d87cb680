"""In which order the lines of a pass stand, and which of them stand inside others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

import numpy as np

from tracer.equations.expression import Expression, Name
from tracer.program import Program


def ordered(
    names: Iterable[str],
    lines: Mapping[str, Expression],
    first: Collection[str],
    shuffled: int,
) -> list[str]:
    """In computing order; shuffled as far as what they read allows.

    `first` are the lines that read what a loop hands over.
    """
    left = list(names)
    if not shuffled:
        return left
    generator, found = np.random.default_rng(shuffled), []
    while left:
        ready = [n for n in left if n in first or not set(lines[n].reads) & (set(left) - {n})]
        choice = [n for n in ready if n in first] or ready
        chosen = choice[int(generator.integers(len(choice)))]
        left.remove(chosen)
        found.append(chosen)
    return found


def inlined(
    program: Program, lines: Mapping[str, Expression], kept: Collection[str]
) -> dict[str, Expression]:
    """The same lines without those that are read once, which stand where they are read."""
    found = dict(lines)
    count: Counter[str] = Counter()
    readers: dict[str, str] = {}
    for name, expression in found.items():
        for node in expression.nodes():
            if isinstance(node, Name):
                count[node.name] += 1
                readers[node.name] = name
    inside: dict[str, str] = {}
    for name in lines:
        line = program.lines[name]
        if count[name] != 1 or name in kept or name in program.into or line.bodies or line.changed:
            continue
        reader = readers[name]
        while reader in inside:
            reader = inside[reader]
        if program.lines[reader].backward is line.backward:
            found[reader] = found[reader].replaced({name: found.pop(name)})
            inside[name] = reader
    return found
