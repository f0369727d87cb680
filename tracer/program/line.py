"""A line of a program: a name, and the equation that computes it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias

from tracer.equations.expression import Binary, Call, Expression, Name, Transposed
from tracer.program.compiled import Bodies, Compiled, compiled

Axes: TypeAlias = tuple[str, ...]

STOOD = "it"
"""In an edit, what stood there before; in the line of a carry, what the loop hands over."""

SUM = "sum"

CLOCK = frozenset({"t", "first_step", "last_step"})
"""What an equation may read of the step that it stands in."""


@dataclass(frozen=True)
class Line:
    """One line.

    Attributes
    ----------
    name : str
    axes : tuple of str
        In letters: ``("T", "N", "H")``; without T where steps are put together.
    expression : Expression
        Of one step.
    backward : bool
        Whether it belongs to the backward pass.
    steps : str
        How the values of the steps become one: ``"sum"``, ``"first"``, ...; empty where each step
        has its own, or there are none.
    cell : str
        Whose functions it calls.
    bodies : tuple
        Functions that were given another body.
    changed : bool
        Whether it is another line than the list's.
    """

    name: str
    axes: Axes
    expression: Expression
    backward: bool = False
    steps: str = ""
    cell: str = ""
    bodies: Bodies = field(default=(), repr=False)
    changed: bool = False

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The names that it reads."""
        return self.expression.reads

    @cached_property
    def functions(self) -> frozenset[str]:
        """The functions that it calls."""
        return frozenset(self.expression.functions)

    @cached_property
    def of_a_step(self) -> Compiled:
        """The line for the values of one step, (N, H)."""
        return compiled(self.expression, self.cell, self.bodies, all_steps=False)

    @cached_property
    def of_all_steps(self) -> Compiled:
        """The line for the values of all steps at once, (T, N, H)."""
        return compiled(self.expression, self.cell, self.bodies, all_steps=True)

    @cached_property
    def hoisted(self) -> tuple[Line, tuple[Line, ...]] | None:
        """The line with its slopes computed for all steps before, and the lines of these.

        Most of the time of a backward pass is spent on slopes, and they hang on no gradient.
        """
        hidden: dict[str, Line] = {}

        def named(node: Expression) -> Expression | None:
            match node:
                case Call(_, (Name(),)) if node.slope_of is not None:
                    name = str(node)
                    hidden[name] = replace(self, name=name, expression=node)
                    return Name(name)
            return None

        expression = self.expression.rewritten(named)
        return (replace(self, expression=expression), tuple(hidden.values())) if hidden else None

    @cached_property
    def product(self) -> tuple[str, str] | None:
        """``d`` and ``rows`` of ``d.T @ rows``, added up over steps: one product does it."""
        match self.expression:
            case Binary("@", Transposed(Name(d)), Name(rows)) if self.steps == SUM:
                return d, rows
        return None

    @cached_property
    def total(self) -> str:
        """``d`` of ``sum_N(d)``, added up over steps too; else empty."""
        match self.expression:
            case Call("sum_N", (Name(d),)) if self.steps == SUM:
                return d
        return ""
