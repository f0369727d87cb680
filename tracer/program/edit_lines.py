"""Edits of lines: another right-hand side, another function, steps put together otherwise."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tracer.equations.expression import Call, Expression, Name
from tracer.equations.parsing import parse
from tracer.errors import InputError, UnknownNameError
from tracer.program.compiled import check_functions
from tracer.program.edit_reads import Read
from tracer.program.line import CLOCK, STOOD, Line
from tracer.program.program import Edit, Program, check_names, known


@dataclass(frozen=True)
class Change(Edit):
    """Another right-hand side of a line, or something else seen in the place of what was given."""

    name: str
    expression: Expression

    def __str__(self) -> str:
        return f"{self.name} = {self.expression}"

    def applied(self, program: Program) -> Program:
        known(program.names, self.name, f"{program.title} quantity")
        if self.name not in program.lines:
            return Read(self.name, self.expression).applied(program)
        check_names(program, self.expression)
        old = program.lines[self.name]
        new = self.expression.replaced({STOOD: old.expression})
        line = _changed(program, old, new)
        of_steps = any(
            name in CLOCK or program.names.get(name, ())[:1] == ("T",) for name in line.reads
        )
        # What reads no value of a step is put together already.
        return program.with_lines([line if of_steps else replace(line, steps="")])

    def touches(self, program: Program) -> frozenset[str]:
        if self.name not in program.lines:
            return Read(self.name, self.expression).touches(program)
        return frozenset({self.name})


@dataclass(frozen=True)
class EachGate(Edit):
    """The same change for every gate."""

    name: str
    expression: str

    def __str__(self) -> str:
        return f"{self.name} = {self.expression} for each gate"

    def _changes(self, program: Program) -> tuple[Change, ...]:
        found = []
        for gate in program.gates or ("",):
            name, expression = (
                text.replace("{gate}", gate) if gate else text.replace("_{gate}", "")
                for text in (self.name, self.expression)
            )
            found.append(Change(name, parse(expression)))
        return tuple(found)

    def applied(self, program: Program) -> Program:
        return program.edited(self._changes(program))

    def touches(self, program: Program) -> frozenset[str]:
        return frozenset().union(*(each.touches(program) for each in self._changes(program)))


@dataclass(frozen=True)
class Body(Edit):
    """Another body of a function, wherever it is called."""

    function: str
    expression: Expression

    def __str__(self) -> str:
        return f"{self.function}(z) = {self.expression}"

    def applied(self, program: Program) -> Program:
        other = [name for name in self.expression.reads if name != "z"]
        if other:
            raise InputError(
                f"the body of {self.function} reads {', '.join(other)}; it knows only z"
            )
        check_functions(self.expression, program.name)
        check_functions(Call(self.function, ()), program.name)
        bodies = {**program.bodies, self.function: self.expression}
        program = program.other(bodies=bodies)
        lines = [program.lines[name] for name in sorted(self.touches(program))]
        if not lines:
            raise InputError(f"no equation of {program.title} calls {self.function}")
        return program.with_lines([_changed(program, line, line.expression) for line in lines])

    def touches(self, program: Program) -> frozenset[str]:
        lines = program.lines.values()
        return frozenset(li.name for li in lines if self.function in li.functions)


_STEPS = ("sum", "mean", "first", "last", "without first", "without last")


@dataclass(frozen=True)
class Steps(Edit):
    """The steps put together otherwise."""

    name: str
    word: str

    def __str__(self) -> str:
        return f"{self.name} over the steps: {self.word}"

    def applied(self, program: Program) -> Program:
        if self.word not in _STEPS and not re.fullmatch(r"step (\d+|[TNDHK])", self.word):
            raise UnknownNameError("way to put steps together", self.word, (*_STEPS, "step D"))
        lines = [program.lines[name] for name in sorted(self.touches(program))]
        if not lines:
            known(program.lines, self.name, f"{program.title} quantity")
            raise InputError(f"{self.name} has a value at each step; nothing is put together")
        return program.with_lines([replace(li, steps=self.word, changed=True) for li in lines])

    def touches(self, program: Program) -> frozenset[str]:
        blocks = {f"d_{b}" for b, (whole, _) in program.blocks.items() if f"d_{whole}" == self.name}
        lines = program.lines
        return frozenset(n for n in blocks | {self.name} if n in lines and lines[n].steps)


@dataclass(frozen=True)
class Returned(Edit):
    """Something else handed back."""

    name: str
    expression: Expression

    def __str__(self) -> str:
        return f"{self.expression.replaced({STOOD: Name(self.name)})} handed back for {self.name}"

    def applied(self, program: Program) -> Program:
        known(program.lines, self.name, f"{program.title} quantity")
        check_names(program, self.expression)
        old = program.returned.get(self.name, Name(STOOD))
        returned = {**program.returned, self.name: self.expression.replaced({STOOD: old})}
        return program.other(returned=returned)

    def touches(self, program: Program) -> frozenset[str]:
        del program
        return frozenset({self.name})


def _changed(program: Program, line: Line, expression: Expression) -> Line:
    """The line with another expression, and the bodies of the functions that it calls."""
    called = expression.functions
    bodies = tuple((name, body) for name, body in program.bodies.items() if name in called)
    return replace(line, expression=expression, cell=program.name, bodies=bodies, changed=True)
