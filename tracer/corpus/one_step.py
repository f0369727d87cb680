"""The same program as a function of a single step can show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tracer.equations.expression import Call, Expression, Name
from tracer.errors import InputError
from tracer.program import Program
from tracer.program.functions import ACROSS_STEPS
from tracer.program.program import Carry


def of_a_step(program: Program) -> Program:
    """An edited program whose edits are all within a step.

    Raises
    ------
    InputError
        If an edit changes something that no function of a step can do.
    """
    if not program.carries:
        return program
    if program.backwards or program.runs_on or program.beyond:
        raise _unseen(program, "the order of the steps")
    for line in program.lines.values():
        if line.steps.startswith("without"):
            raise _unseen(program, f"which steps count for {line.name}")
    for name, expression in program.returned.items():
        if not ACROSS_STEPS.isdisjoint(expression.functions):
            raise _unseen(program, f"the steps of {name}")
    everywhere = {
        carry.into: _zeros(carry.into)
        for carry in program.carries.values()
        if _is_edited(program, carry)
    }
    backward = {name: _past(program, name, word) for name, word in program.past.items()}
    if not everywhere and not backward:
        return program
    lines = {
        name: line
        if name in everywhere
        else replace(
            line,
            expression=_put_in(line.expression, everywhere | (backward if line.backward else {})),
        )
        for name, line in program.lines.items()
    }
    return replace(program, lines=lines, past={}, plans={})


def _is_edited(program: Program, carry: Carry) -> bool:
    if (carry.first, carry.then, carry.back) == (carry.initial, carry.of, 1):
        return False
    if (carry.first, carry.then) == ("0", "0"):
        return True
    raise _unseen(program, f"what is handed over as {carry.into}")


def _past(program: Program, name: str, word: str) -> Expression:
    """What a step back reads in the place of a forward quantity."""
    carry = next((c for c in program.carries.values() if c.into == name), None)
    if word == "zero":
        return _zeros(name)
    if word == "this" and carry is not None:
        return Name(carry.of)
    if word in program.names:
        return Name(word)
    raise _unseen(program, f"which step's {name} is read")


def _zeros(name: str) -> Expression:
    return Call("zeros", (Name(name),))


def _put_in(expression: Expression, other: Mapping[str, Expression]) -> Expression:
    def change(node: Expression) -> Expression | None:
        return other.get(node.name) if isinstance(node, Name) else None

    return expression.rewritten(change)


def _unseen(program: Program, what: str) -> InputError:
    return InputError(f"{program.title}: {what} is not seen in a single step")
