"""The derivative of a program's forward pass, by the rules of calculus, as its backward pass.

A backward pass can be right for a forward pass that is not: it is held against the derivative of
the forward pass that was written, not only against the list's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tracer.equations import OUTPUT
from tracer.equations.expression import Binary, Call, Expression, Name, Negative, Number
from tracer.errors import InputError
from tracer.program.differentiating import Differentiation, times
from tracer.program.line import STOOD, SUM, Axes, Line
from tracer.program.program import Carry, Program
from tracer.program.sequence import sequence_of

NOTHING = Number(0)
STATE: Axes = ("N", "H")
STATES: Axes = ("T", "N", "H")
_MEASURED = frozenset({"d_h_norm"})
"""What is computed of the gradients, and is none itself."""
_OF_THE_HEAD = frozenset({*(q.name for q in OUTPUT), "total_loss"})


def derivative(program: Program) -> Program:
    """The same program with its backward pass derived from its forward pass.

    The names of the list are kept: ``d_c_from_h`` is all that reaches c within a step,
    ``d_h_prev`` what is handed to the step before. What the pass sees of the parameters is what
    the forward pass sees; their gradients are those of what was given, the gradient of x is that of
    what is read for it. What is handed back in the place of a quantity stays only where it is a
    forward one.

    Raises
    ------
    InputError
        If a function has no known derivative, or a loop hands over what lies further back.
    """
    made = _Derivation(program)
    lines = made.lines()
    forward = {name: line for name, line in program.lines.items() if not line.backward}
    measured = {name: program.lines[name] for name in _MEASURED & program.lines.keys()}
    found = {**forward, **{line.name: line for line in lines}, **measured}
    carries = {key: carry for key, carry in program.carries.items() if not carry.backward}
    # A gradient that is given is seen otherwise only by the backward pass that this one replaces.
    seen = {n: e for n, e in program.seen_forward.items() if not n.startswith("d_")}
    return replace(
        program,
        names={**program.names, **{line.name: line.axes for line in lines}},
        lines=found,
        places={name: k for k, name in enumerate(sequence_of(program.title, found))},
        carries={**carries, **made.carries},
        seen_forward=seen,
        seen_backward=seen,
        adds_up=True,
        past={},
        backwards=frozenset({"forward", "backward"} if "forward" in program.backwards else ()),
        returned={n: e for n, e in program.returned.items() if n in forward},
        base=None,
        changed=frozenset(),
        plans={},
    )


class _Derivation:
    """Collects what every forward line adds to the gradients of what it reads."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.forward = {n: line for n, line in program.lines.items() if not line.backward}
        self.states = {c.of: c for c in program.carries.values() if not c.backward}
        self.into = {c.into: c for c in self.states.values()}
        self.parts: dict[str, list[Expression]] = {}
        self.of_loss: list[Expression] = []
        self.made: list[Line] = []
        self.carries: dict[str, Carry] = {}
        called = {f for line in self.forward.values() for f in line.expression.functions}
        axes = {n: a[1:] if a[:1] == ("T",) else a for n, a in program.names.items()}
        # A function that only has another slope has its own again.
        self.bodies = {n: body for n, body in program.bodies.items() if n in called}
        self.rules = Differentiation({**axes, STOOD: STATE}, self.bodies)

    def lines(self) -> tuple[Line, ...]:
        """Every line of the backward pass."""
        for carry in self.states.values():
            if carry.back != 1:
                raise InputError(
                    f"the derivative of a loop that hands {carry.of} further is not known"
                )
            if carry.then not in {carry.of, "0", carry.initial}:
                self.hand_elsewhere(carry)
        for name in reversed(self.program.sequence):
            line = self.forward.get(name)
            if line is not None and not self.ends(line):
                self.differentiate(line)
        for state, carry in self.states.items():
            self.hand_over(state, carry)
        for state, carry in self.states.items():
            self.start(state, carry)
        self.of_what_is_given()
        return tuple(self.made)

    def ends(self, line: Line) -> bool:
        """Whether it is a final state: its gradient is given, and enters with the last step."""
        state = line.name.removesuffix("_T")
        if state == line.name or state not in self.states:
            return False
        end = "first" if "forward" in self.program.backwards else "last"
        if line.steps != end or line.expression != Name(state):
            raise InputError(f"the derivative of {line.name} = {line.expression} is not known")
        return True

    def differentiate(self, line: Line) -> None:
        """What a line adds to the gradients of what it reads."""
        d = self.total(line)
        if d == NOTHING:
            return
        axes = line.axes[1:] if line.axes[:1] == ("T",) else line.axes
        for read, share in self.rules.part(line.expression, d, axes):
            if read == "h" and line.name in _OF_THE_HEAD:
                self.of_loss.append(share)
            else:
                self.parts.setdefault(f"{line.name}: it" if read == "it" else read, []).append(
                    share
                )

    def total(self, line: Line) -> Expression:
        """The gradient of a quantity, in the lines that read it; its own line, where it has one."""
        name = line.name
        parts = self.parts.get(name, [])
        if name in self.into:  # its line is what is handed over, see `hand_over`
            return added(parts)
        if name not in self.states:
            if line.steps and line.steps not in {SUM, "mean"}:
                raise InputError(f"the derivative of {name}, {line.steps}, is not known")
            if name == "total_loss":
                return Number(1) if line.steps == SUM else Binary("/", Number(1), Name("T"))
            return self.line(f"d_{name}", line.axes, added(parts))
        if name == "h":
            self.line("d_h_from_loss", line.axes, added(self.of_loss))
            before = ["d_h_from_loss", "d_h_from_next"]
        elif f"d_{name}_from_h" in self.program.lines:
            self.line(f"d_{name}_from_h", line.axes, added(parts))
            before, parts = [f"d_{name}_from_h", f"d_{name}_from_next"], []
        else:
            before = [f"d_{name}_from_next"]
        return self.line(f"d_{name}", line.axes, added([*map(Name, before), *parts]))

    def line(self, name: str, axes: Axes, expression: Expression, steps: str = "") -> Expression:
        """A line of the backward pass, and what reads as it; none where it says nothing new."""
        listed = name in self.program.lines
        plain = isinstance(expression, Name) or expression == NOTHING
        if listed or not plain:
            bodies = tuple((n, b) for n, b in self.bodies.items() if n in expression.functions)
            self.made.append(
                Line(
                    name,
                    axes,
                    expression,
                    backward=True,
                    steps=steps,
                    cell=self.program.name,
                    bodies=bodies,
                    changed=True,
                )
            )
        return expression if expression == NOTHING or (plain and not listed) else Name(name)

    def hand_elsewhere(self, carry: Carry) -> None:
        """Where a step reads another quantity of the step before, that one gets the gradient."""
        back, into = f"d_{carry.then} by {carry.into}", f"d_{carry.then} from {carry.into}"
        self.carries[back] = Carry(into, back, "", "0", back, backward=True)
        self.made.append(Line(into, STATES, Name("it"), backward=True))
        self.parts.setdefault(carry.then, []).append(Name(into))

    def hand_over(self, state: str, carry: Carry) -> None:
        """What a step hands to the one before, and what arrives from the one after."""
        arrives = added(self.parts.get(f"{carry.into}: it", []))
        d = self.program.carries[f"d_{state}"]
        into, back = f"d_{state}_from_next", f"d_{state}_prev"
        self.carries[f"d_{state}"] = Carry(into, back, d.initial, d.initial, back, backward=True)
        self.made.append(Line(into, STATES, Name("it"), backward=True))
        if carry.then == state:
            later = Binary("-", Number(1), Name("first_step"))
            self.line(back, STATES, times(arrives, later) if carry.first == "0" else arrives)
            return
        self.line(back, STATES, NOTHING)
        if carry.then == carry.initial:
            self.parts.setdefault(carry.initial, []).append(arrives)
        elif carry.then != "0":
            self.line(f"d_{carry.then} by {carry.into}", STATES, arrives)

    def start(self, state: str, carry: Carry) -> None:
        """The gradient of the state before the first step."""
        turned = "forward" in self.program.backwards
        parts = list(self.parts.get(carry.initial, []))
        firsts = [
            Name(f"d_{c.of}_prev" if c.then == c.of else f"d_{c.then} by {c.into}")
            for c in self.states.values()
            if c.first == carry.initial and c.then not in {c.initial, "0"}
        ]
        if not parts and len(firsts) == 1:
            self.line(f"d_{state}_0", STATE, firsts[0], "last" if turned else "first")
            return
        first = Name("last_step" if turned else "first_step")
        self.line(f"d_{state}_0", STATE, added([*parts, *(times(first, f) for f in firsts)]), SUM)

    def of_what_is_given(self) -> None:
        """The gradients of x and of the parameters."""
        program = self.program
        wholes = {whole for whole, _ in program.blocks.values()}
        initial = {carry.initial for carry in self.states.values()}
        self.line("d_x", program.names["x"], added(self.parts.get("x", [])))
        for name in (*program.blocks, *program.given):
            listed = program.lines.get(f"d_{name}")
            if listed is None or (not listed.steps and name not in wholes) or name in initial:
                continue
            if name not in wholes:
                self.line(listed.name, listed.axes, added(self.parts.get(name, [])), SUM)
            elif name in self.parts:
                raise InputError(
                    f"the derivative by all of {name} is not known, only by its blocks"
                )
            else:
                blocks = [
                    Name(f"d_{b}") for b, (whole, _) in program.blocks.items() if whole == name
                ]
                self.line(listed.name, listed.axes, Call("below", tuple(blocks)))


def added(parts: Iterable[Expression]) -> Expression:
    """The sum."""
    whole: Expression = NOTHING
    for part in parts:
        match part:
            case Number(0):
                continue
            case Negative(of) if whole != NOTHING:
                whole = Binary("-", whole, of)
            case _:
                whole = part if whole == NOTHING else Binary("+", whole, part)
    return whole
