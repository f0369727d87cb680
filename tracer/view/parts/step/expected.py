"""How an expected number comes about: its equation with numbers, and those of what it reads."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from tracer.equations import CELLS
from tracer.equations.expression import Binary, Expression, Name, Transposed
from tracer.exercises.exercise import Exercise
from tracer.grading.report import Array, Difference
from tracer.language import _
from tracer.program import Program
from tracer.program.functions import NAMED
from tracer.view.parts.step.added import added_up
from tracer.view.parts.step.shared import share_of
from tracer.view.parts.step.worked import Worked, digits_between, worked
from tracer.view.say.arithmetic import Functions, Value, functions, in_numbers
from tracer.view.say.numbers import number
from tracer.view.say.own_words import OwnWords

MANY = 2
"""So many products of rows in one equation are written as one number each."""

CLOSE = 1e-6
"""How near the worked number comes to the expected one, as a share of it; or it is not shown."""


def expected_number(exercise: Exercise, d: Difference, words: OwnWords) -> Iterator[Worked]:
    """The equation of the first wrong number, then the equations of what it reads.

    Of what those read, in turn, only what is behind one of them: the one that the mistake touches,
    where that is known, or else the one that counts most. There are as many decimals as the
    arithmetic needs to tell the student's number from the expected one. What adds up over sentences
    and steps is worked out alone, as the sum that it is. Where a sentence is over, a state is the
    one before.
    """
    program = exercise.program
    if program is None or d.quantity not in program.lines:
        return
    cell = CELLS.get(program.name)
    called = functions(cell) if cell is not None else Functions({}, {**NAMED})
    symbols = {q.name: q.symbol for q in cell or () if q.equation and q.level is None}
    symbols = {name: words.term(name) or symbol for name, symbol in symbols.items()}
    at = _At(program, d, words)
    digits = digits_between(d.got_number, d.expected_number)
    first = _first_step(program, d)
    if first is not None:  # what comes out of the last step of the way back, which is the first one
        inside = _At(program, first, words)
        if inside.number(first.quantity) == d.expected_number:
            handed, written = inside.place(first.quantity), number(d.expected_number, digits)
            yield Worked(at.place(d.quantity), handed, "", written)
            yield from expected_number(exercise, first, words)
        return
    total = added_up(program, d, at.place(d.quantity), digits, words)
    if total is not None:
        yield total
        return
    if at.over():  # what stands still there comes from no equation of the step
        yield from _kept(program, d, at, digits)
        return
    share = share_of(program, d, at.place(d.quantity), digits, words)
    if share is not None:
        yield share
    handed_over = _handed_over(exercise)
    for name in _shown(program, d, at, called, {*symbols, *handed_over}):
        expression = program.lines[name].expression
        result = at.number(name)
        values = at.operands(expression)
        if result is None or values is None or not _gives(expression, values, result, called):
            continue
        sums = sum(isinstance(n, Binary) and n.sign == "@" for n in expression.nodes())
        line = worked(
            at.place(name), expression, values, result, called, digits=digits, symbols=symbols,
            products=sums < MANY,
        )  # fmt: skip
        letters = words.letters(expression, name, called.names, symbols)
        yield line if letters is None else replace(line, letters=letters)


@dataclass(frozen=True, slots=True)
class _At:
    """The place of a wrong number: which of the other quantities' numbers belong to it."""

    program: Program
    d: Difference
    words: OwnWords

    def number(self, name: str) -> float | None:
        """The number of another quantity at the same sentence and unit; None if it has none."""
        array = self.d.values.get(name)
        if array is None:
            return None
        known = dict(zip(self.d.axes, self.d.at, strict=True))
        axes = [axis for axis in self.program.names[name] if axis != "T"]
        if len(axes) != array.ndim or not set(axes) <= set(known) or len(set(axes)) < len(axes):
            return float(array[self.d.at]) if name == self.d.quantity else None
        return float(array[tuple(known[axis] for axis in axes)])

    def over(self) -> bool:
        """Whether the sentence has no word at this step."""
        lengths, step = self.d.values.get("lengths"), self.d.step
        if lengths is None or step is None or self.d.axes[:1] != ("N",):
            return False
        return bool(step >= lengths[self.d.at[0]])

    def operands(self, expression: Expression) -> dict[str, Value] | None:
        """What the equation reads there: numbers, and rows for a product; None if it is none."""
        rows = self._rows(expression)
        if rows is None:
            return None
        values: dict[str, Value] = dict(rows)
        for name in expression.reads:
            number = None if name in rows else self.number(name)
            if number is not None:
                values[name] = np.int64(number) if name in self.program.whole else number
        return values if set(expression.reads) <= values.keys() else None

    def _rows(self, expression: Expression) -> Mapping[str, Array] | None:
        """The rows that a product of matrices multiplies; None for what is no such product."""
        found: dict[str, Array] = {}
        for node in expression.nodes():
            if not isinstance(node, Binary) or node.sign != "@":
                continue
            if len(self.d.at) != 2:
                return None
            row, column = self.d.at
            match node.left, node.right:
                case Name(left), Transposed(Name(right)):
                    picked = {left: (left, row, 0), right: (right, column, 0)}
                case Name(left), Name(right):
                    picked = {left: (left, row, 0), right: (right, column, 1)}
                case _:
                    return None
            for name, (array_name, index, axis) in picked.items():
                array = self._array(array_name)
                if array is None or array.ndim != 2 or index >= array.shape[axis]:
                    return None
                found[name] = array.take(index, axis)
        return found

    def _array(self, name: str) -> Array | None:
        """One step of a quantity, or a block of a parameter."""
        if name in self.program.blocks:
            whole, above = self.program.blocks[name]
            rows = self.d.values.get(whole)
            if rows is None:
                return None
            size = len(rows) // len(self.program.gates)
            return rows[above * size : (above + 1) * size]
        return self.d.values.get(name)

    def place(self, name: str) -> str:
        """``c_2[3]`` of the number itself; of what it reads the name alone."""
        if name != self.d.quantity:
            return self.words.name(name)
        return self.d.returned or self.of_step(name, 0)

    def of_step(self, name: str, back: int) -> str:
        """``c_1[3]``: the number of the same place so many steps back."""
        step = "" if self.d.step is None else f"_{self.d.step + 1 - back}"
        at = ", ".join(map(str, self.d.at[-1:] if self.d.axes[:1] == ("N",) else self.d.at))
        name = self.words.name(name)
        return f"{name}{step}[{at}]" if at else f"{name}{step}"


def _first_step(program: Program, d: Difference) -> Difference | None:
    """Of a gradient of an initial state: that of the state before step 1; None of all else."""
    expression = program.lines[d.quantity].expression
    if d.step is not None or not isinstance(expression, Name) or not d.quantity.startswith("d_"):
        return None
    if program.names[expression.name][:1] != ("T",):
        return None
    values = {
        name: array[0] if program.names[name][:1] == ("T",) else array
        for name, array in d.values.items()
        if name in program.names
    }
    return replace(d, quantity=expression.name, step=0, values=values, returned=None)


def _kept(program: Program, d: Difference, at: _At, digits: int) -> Iterator[Worked]:
    """The state of the step before, which a sentence that is over keeps; nothing of all else."""
    carry = program.carries.get(d.quantity)
    if carry is None or carry.of != d.quantity or d.step is None or d.step < carry.back:
        return
    if at.number(carry.into) == d.expected_number:
        yield Worked(
            at.place(d.quantity), at.of_step(d.quantity, carry.back), "",
            number(d.expected_number, digits), note=_("the sentence is over"),
        )  # fmt: skip


def _handed_over(exercise: Exercise) -> set[str]:
    """What the student's functions get and never compute: it is where the working begins."""
    layouts = [layout for f in exercise.functions for layout in f.taken.values() if layout]
    own = [layout for f in exercise.functions for layout in f.returns.values() if layout]
    return {n for layout in layouts for n in layout.names} - {n for o in own for n in o.names}


def _shown(
    program: Program, d: Difference, at: _At, called: Functions, known: Collection[str]
) -> list[str]:
    """The equations that are worked out, in their order; not those of what is `known` already."""

    def computed(name: str) -> list[str]:
        reads = program.lines[name].expression.reads
        return [n for n in reads if n in program.lines and n in d.values and n not in known
                and not n.endswith(("_prev", "_from_next"))]  # fmt: skip

    first = computed(d.quantity)
    shown = [d.quantity, *first]
    ways = [name for name in first if name in d.touched]
    through = _through(program, d, at, called, ways or first)
    return list(dict.fromkeys([*shown, *(computed(through) if through else ())]))


def _through(
    program: Program, d: Difference, at: _At, called: Functions, reads: list[str]
) -> str | None:
    """The operand without which the result would differ most."""
    expression = program.lines[d.quantity].expression
    values = at.operands(expression)
    if values is None:
        return None
    without = {}
    for name in reads:
        if name in values and np.ndim(values[name]) == 0:
            changed = _value(expression, {**values, name: 0.0}, called)
            if changed is not None:
                without[name] = float(np.nan_to_num(abs(changed - d.expected_number)))
    return max(without, key=without.__getitem__, default=None)


def _gives(
    expression: Expression, values: Mapping[str, Value], result: float, called: Functions
) -> bool:
    """Whether the equation, worked out with these numbers, really gives the result."""
    value = _value(expression, values, called)
    if value is None:
        return False
    near = abs(value - result) <= CLOSE * max(abs(result), 1e-6)
    return bool(near or value == result or (np.isnan(value) and np.isnan(result)))


def _value(expression: Expression, values: Mapping[str, Value], called: Functions) -> float | None:
    try:
        with np.errstate(all="ignore"):
            numbers = in_numbers(expression, values, called.meant, products=False)
            return float(numbers.value({}, called.meant))
    except (ValueError, TypeError, ArithmeticError, LookupError):
        return None
