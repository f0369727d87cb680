"""Edits of what is read: parameters in another order, other arrays, another step of the past."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tracer.equations.expression import Expression, Name
from tracer.equations.parsing import parse
from tracer.errors import InputError, UnknownNameError
from tracer.program.line import STOOD
from tracer.program.program import Edit, Program, check_names, known


@dataclass(frozen=True)
class Read(Edit):
    """Something else read in the place of what was given, or of a block of it."""

    name: str
    expression: Expression
    passes: tuple[str, ...] = ("forward", "backward")

    def __str__(self) -> str:
        where = "" if len(self.passes) == 2 else f" in the {self.passes[0]} pass"
        return f"{self.expression.replaced({STOOD: Name(self.name)})} read for {self.name}{where}"

    def applied(self, program: Program) -> Program:
        if self.name not in program.given and self.name not in program.blocks:
            raise UnknownNameError(
                f"given array of {program.title}", self.name, (*program.given, *program.blocks)
            )
        check_names(program, self.expression)
        if "forward" in self.passes:
            program = program.other(seen_forward=self._seen(program.seen_forward))
        if "backward" in self.passes:
            program = program.other(seen_backward=self._seen(program.seen_backward))
        return program

    def _seen(self, before: Mapping[str, Expression]) -> dict[str, Expression]:
        old = before.get(self.name, Name(self.name))
        return {**before, self.name: self.expression.replaced({STOOD: old})}

    def touches(self, program: Program) -> frozenset[str]:
        names = {self.name, *(b for b, (whole, _) in program.blocks.items() if whole == self.name)}
        passes = {each == "backward" for each in self.passes}
        read = {
            line.name
            for line in program.lines.values()
            if line.backward in passes and not names.isdisjoint(line.reads)
        }
        handed_over = {c.into for c in program.carries.values() if self.name in (c.first, c.then)}
        return frozenset(read | handed_over)


@dataclass(frozen=True)
class Order(Edit):
    """The blocks of the parameters taken for the gates in another order."""

    order: str
    parameter: str = ""

    def __str__(self) -> str:
        of = self.parameter or "U, W and a"
        if self.order == "interleaved":
            return f"the rows of {of} taken unit by unit"
        return f"the blocks of {of} taken in the order {', '.join(self._gates())}"

    def _gates(self) -> tuple[str, ...]:
        return tuple(self.order.replace(",", " ").split())

    def _reads(self, program: Program) -> tuple[Read, ...]:
        gates = program.gates
        names = [self.parameter] if self.parameter else ["U", "W", "a"]
        order = tuple(reversed(gates)) if self.order == "reversed" else self._gates()
        if not gates or (self.order != "interleaved" and sorted(order) != sorted(gates)):
            raise InputError(
                f"the order '{self.order}' is none of the gates of {program.title}: "
                f"{' '.join(gates) or 'it has none'}"
            )
        found = []
        for name in names:
            if self.order == "interleaved":
                text = f"interleaved({name}, {len(gates)})"
            else:
                # The block that stands where the order says this gate.
                stands = [f"{name}_{gates[order.index(gate)]}" for gate in gates]
                text = f"below({', '.join(stands)})"
            found.append(Read(name, parse(text)))
        return tuple(found)

    def applied(self, program: Program) -> Program:
        return program.edited(self._reads(program))

    def touches(self, program: Program) -> frozenset[str]:
        reads = self._reads(program)
        handed_back = (f"d_{read.name}" for read in reads)
        return frozenset(handed_back).union(*(read.touches(program) for read in reads))


_PAST = ("zero", "last", "next", "before")
_PAST_OF_STATE = ("wrap", "zero at first", "initial", "two back", "this")


@dataclass(frozen=True)
class Past(Edit):
    """Something else read by the backward pass for a forward quantity."""

    name: str
    word: str

    def __str__(self) -> str:
        return f"{self.name} read by the backward pass: {self.word}"

    def applied(self, program: Program) -> Program:
        line = known(program.lines, self.name, f"{program.title} quantity")
        if line.backward or line.axes[:1] != ("T",):
            raise InputError(f"{self.name} is no forward quantity of each step")
        of_state = any(carry.into == self.name for carry in program.carries.values())
        words = _PAST + _PAST_OF_STATE if of_state else _PAST
        if self.word not in words and self.word not in program.names:
            raise UnknownNameError(f"past of {self.name}", self.word, (*words, *program.names))
        return program.other(past={**program.past, self.name: self.word})

    def touches(self, program: Program) -> frozenset[str]:
        lines = program.lines.values()
        return frozenset(li.name for li in lines if li.backward and self.name in li.reads)
