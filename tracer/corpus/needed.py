"""Which lines of a program a function has to compute, from what it takes to what it returns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from tracer.equations.expression import Call, Expression, Name, Number
from tracer.equations.parsing import parse
from tracer.errors import InputError
from tracer.program import Program
from tracer.program.line import Line

ALWAYS = frozenset({"T", "N", "D", "H", "K", "t", "first_step", "last_step", "count", "it", "0"})
"""What every function can find out from its arguments."""

DEFAULTS = frozenset({"mask", "lengths", "h_0", "c_0", "d_h_T", "d_c_T"})
"""What is all True, T, or 0 where it is no argument."""


@dataclass
class Needed:
    """What a function computes.

    Attributes
    ----------
    lines : dict
        Name and expression of each line, in computing order.
    carries : tuple of str
        The lines that read what a loop hands over.
    taken : dict
        What is read that no line computes: arguments, and what has a default.
    """

    lines: dict[str, Expression] = field(default_factory=dict)
    carries: tuple[str, ...] = ()
    taken: dict[str, None] = field(default_factory=dict)


def slopes(program: Program, *, of_own_values: bool, known: Collection[str]) -> dict[str, str]:
    """Each slope that is had from a value already there: ``dσ(z_i)`` is ``i * (1 - i)``.

    Where the sum itself cannot be had, it is the only way.
    """
    found = {}
    for name, line in program.lines.items():
        if line.backward or line.bodies:
            continue
        match line.expression:
            case Call("σ" | "sigmoid" | "tanh" | "f" as function, (Name(z),)):
                there = z in known or _reaches(program, z, known)
                if (of_own_values and name not in program.past) or not there:
                    own = (
                        f"{name} * (1 - {name})"
                        if function in ("σ", "sigmoid")
                        else (f"1 - {name} ** 2")
                    )
                    found[f"d{function}({z})"] = own
    return found


def _reaches(program: Program, name: str, known: Collection[str]) -> bool:
    """Whether a name can be computed from what is known."""
    if name in known or name in ALWAYS or name in DEFAULTS:
        return True
    if name in program.blocks:
        return program.blocks[name][0] in known
    line = program.lines.get(name)
    if line is None or "it" in line.reads:
        return False
    return all(_reaches(program, read, known) for read in line.reads)


def needed(
    program: Program,
    known: Collection[str],
    wanted: Iterable[str],
    own: Mapping[str, str],
    *,
    ragged: bool = False,
) -> Needed:
    """The lines between what is known and what is wanted.

    Where sentences end early, a state stands still, so that its first value is read too.

    Raises
    ------
    InputError
        If something is read that can be had from nowhere.
    """
    found = Needed()
    into = {carry.into: carry for carry in program.carries.values()}
    carried: dict[str, None] = {}
    states = {carry.of: carry for carry in program.carries.values()} if ragged else {}

    def visit(name: str) -> None:
        if name in found.lines or name in ALWAYS:
            return
        whole = program.blocks.get(name, (name, 0))[0]
        if name in known or (name not in program.lines and whole in known):
            found.taken[name] = None
            return
        blocks = [block for block, (of, _above) in program.blocks.items() if of == name]
        if blocks and all(block in known for block in blocks):
            found.taken |= dict.fromkeys(blocks)
            return
        if name not in program.lines:
            if name not in DEFAULTS:
                raise InputError(f"{program.title}: {name} can be had from nothing that is given")
            found.taken[name] = None
            return
        line = program.lines[name]
        expression = rewritten(line, own)
        carry = into.get(name)
        if carry is not None and "it" in expression.reads:
            carried[name] = None
        for read in expression.reads:
            visit(read)
        found.lines[name] = expression
        if carry is None and states and name in states:
            visit(states[name].initial)

    for name in wanted:
        expression = program.returned.get(name)
        if name in known and expression is None:
            continue
        for read in expression.reads if expression is not None else (name,):
            visit(name if read == "it" else read)
    done: set[str] = set()
    while set(carried) - done:
        for name in set(carried) - done:
            done.add(name)
            carry = into[name]
            for other in (carry.of, carry.first, carry.then, carry.initial):
                if other != "0":
                    visit(other)
    order = {name: place for place, name in enumerate(program.order)}
    names = sorted(found.lines, key=order.__getitem__)
    found.lines = {name: found.lines[name] for name in names}
    found.carries = tuple(name for name in names if name in carried)
    return found


def rewritten(line: Line, own: Mapping[str, str]) -> Expression:
    """The line with slopes written by the values that are there."""
    changed = dict(line.bodies)

    def change(node: Expression) -> Expression | None:
        match node:  # as large as a quantity, whose own numbers are not read
            case Call("ones" | "zeros" as function, (Name(name),)):
                return Call(f"filled_{name}", (Number(float(function == "ones")),))
        text = str(node) if isinstance(node, Call) and node.function not in changed else ""
        return parse(own[text]) if text in own else None

    return line.expression.rewritten(change)
