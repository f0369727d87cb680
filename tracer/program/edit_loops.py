"""Edits of the loops over steps: what is handed over, in which order, and until when."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tracer.errors import UnknownNameError
from tracer.program.program import Edit, Program, known


@dataclass(frozen=True)
class CarryOver(Edit):
    """Something else handed from step to step."""

    state: str
    word: str

    def __str__(self) -> str:
        return f"{self.state} handed over: {self.word}"

    def applied(self, program: Program) -> Program:
        carry = known(program.carries, self.state, f"carried quantity of {program.title}")
        match self.word:
            case "zero":
                carry = replace(carry, first="0", then="0")
            case "zero at first":
                carry = replace(carry, first="0")
            case "initial":
                carry = replace(carry, then=carry.initial)
            case "two back":
                carry = replace(carry, back=2)
            case name:
                if name not in program.lines:
                    words = ("zero", "zero at first", "initial", "two back", *program.lines)
                    raise UnknownNameError("carry", name, words)
                other = program.carries.get(name)
                carry = replace(carry, then=name, first=other.initial if other else carry.first)
        return program.other(carries={**program.carries, self.state: carry})

    def touches(self, program: Program) -> frozenset[str]:
        return frozenset({program.carries[self.state].into})


@dataclass(frozen=True)
class Turned(Edit):
    """A loop that runs the other way round."""

    loop: str

    def __str__(self) -> str:
        return f"the {self.loop} loop the other way round"

    def applied(self, program: Program) -> Program:
        if self.loop not in ("forward", "backward"):
            raise UnknownNameError("loop", self.loop, ("forward", "backward"))
        ends = [program.lines[name] for name in sorted(self._ends(program))]
        other = {"first": "last", "last": "first"}
        program = program.with_lines(
            [replace(line, steps=other.get(line.steps, line.steps), changed=True) for line in ends]
        )
        return program.other(backwards=program.backwards ^ {self.loop})

    def _ends(self, program: Program) -> frozenset[str]:
        """What a loop ends with: h_T, d_h_0."""
        backward = self.loop == "backward"
        carries = [carry for carry in program.carries.values() if carry.backward is not backward]
        names = {carry.initial for carry in carries}
        return frozenset(
            name
            for name in (f"d_{n}" if backward else n[2:] for n in names)
            if name in program.lines
        )

    def touches(self, program: Program) -> frozenset[str]:
        backward = self.loop == "backward"
        into = {c.into for c in program.carries.values() if c.backward is backward}
        return self._ends(program) | into


@dataclass(frozen=True)
class RunsOn(Edit):
    """The state runs on past a sentence's end: to the last step, or for so many steps.

    For -1 it stands still one step too early.
    """

    steps: int | None = None

    def __str__(self) -> str:
        if self.steps is None:
            return "the state runs on through the padding"
        if self.steps < 0:
            return "the state stands still at the last word of a sentence already"
        return "the state runs on for one step into the padding"

    def applied(self, program: Program) -> Program:
        if self.steps is None:
            return program.other(runs_on=True)
        return program.other(beyond=self.steps)

    def touches(self, program: Program) -> frozenset[str]:
        return frozenset(c.into for c in program.carries.values())
