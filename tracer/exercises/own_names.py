"""What the quantities are called in an exercise's own arrays, and which way they lie there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tracer.exercises.axes import ONE, Axes
from tracer.exercises.exercise import Exercise, Function
from tracer.exercises.layout import Blocks, Layout, Name, Ordered, Scaled, Transposed
from tracer.program import Program


@dataclass(frozen=True, slots=True)
class Own:
    """Where a quantity is in the exercise's own arrays.

    Attributes
    ----------
    array : str
        What the array is called there.
    turned : bool
        Whether its two axes lie the other way round.
    gate : str
        Where the quantity is only the block of one gate in it, that gate.
    block, blocks : int
        Where it is another part of the array: which one, from 1, and of how many.
    down : bool
        Whether these lie one below the other, and not side by side.
    before : str
        What stands in front of a step's index: ``":, "`` where the axis of steps is the second.
    """

    array: str
    turned: bool = False
    gate: str = ""
    block: int = 0
    blocks: int = 0
    down: bool = False
    before: str = ""

    @property
    def name(self) -> str:
        """A name for it; of a part there is none."""
        return f"{self.array}_{self.gate}" if self.gate else "" if self.block else self.array


def own_arrays(exercise: Exercise, functions: Sequence[Function]) -> dict[str, Own]:
    """Where each quantity is that goes into a function or comes out of it; these come first."""
    program = exercise.program
    found: dict[str, Own] = {}
    if program is None:
        return found
    for function in (*functions, *exercise.functions):
        known = exercise.axes(function.over)
        for key, layout in (*function.taken.items(), *function.returns.items()):
            for path, leaf in ({} if layout is None else layout.leaves(key)).items():
                for name, own in _in(program, called(path), leaf, known):
                    found.setdefault(name, own)
    told = [own.array for own in found.values() if own.name == own.array]
    # One name for two quantities, a state that goes in and comes out, is a name for neither.
    return {n: o for n, o in found.items() if o.name != o.array or told.count(o.array) < 2}


def called(path: str) -> str:
    """What a student calls a leaf: by its key in a dict, by its place in a tuple."""
    whole, _dot, key = path.rpartition(".")
    return f"{whole}[{key}]" if key.isdecimal() else key


def parameter_of(program: Program, name: str) -> tuple[str, str] | None:
    """The parameter, or its gradient, and the gate of which a name is the block."""
    whole, _line, gate = name.rpartition("_")
    return (whole, gate) if gate in program.gates and whole in program.names else None


def _in(
    program: Program, key: str, leaf: Layout, known: Mapping[str, Axes]
) -> Iterator[tuple[str, Own]]:
    """The quantities in one array."""
    if any(isinstance(node, Scaled) for node in leaf.nodes()):
        return
    if isinstance(leaf, (Name, Ordered, Transposed)) and len(leaf.names) == 1:
        turned = _turned(leaf, known)
        if turned is not None:
            yield leaf.names[0], Own(key, turned, before=_before(leaf, known))
        return
    if not isinstance(leaf, Blocks):
        return
    parts = [(part, part.names[0], _turned(part, known)) for part in leaf.parts
             if len(part.names) == 1]  # fmt: skip
    of = [parameter_of(program, name) for _part, name, _way in parts]
    wholes = {found[0] for found in of if found is not None}
    gates = [found[1] for found in of if found is not None]
    if len(wholes) == 1 and sorted(gates) == sorted(program.gates) and len(parts) == len(of):
        for (_part, name, turned), gate in zip(parts, gates, strict=True):
            yield name, Own(key, bool(turned), gate)
        yield wholes.pop(), Own(key, bool(parts[0][2]))
        return
    count = len(leaf.parts)
    for n, part in enumerate(leaf.parts, 1):
        for name in part.names:
            yield name, Own(key, block=n, blocks=count, down=leaf.depth > 1)


def _turned(layout: Layout, known: Mapping[str, Axes]) -> bool | None:
    """Whether two axes lie the other way round; None where it is more than that."""
    match layout:
        case Name():
            return False
        case Transposed(of):
            before = _turned(of, known)
            return None if before is None else not before
        case Ordered(of, wanted):
            before = _turned(of, known)
            there, here = (
                [axis for axis in axes if axis != ONE and str(axis) != "T"]
                for axes in (of.axes(known), wanted)
            )
            if before is None or (there != here and there != here[::-1]):
                return None
            return before if there == here else not before
    return None


def _before(layout: Layout, known: Mapping[str, Axes]) -> str:
    letters = [str(axis) for axis in layout.axes(known)]
    return ":, " * letters.index("T") if "T" in letters else ""
