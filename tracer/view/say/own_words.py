"""A sentence in the names and the layout of an exercise's own arrays, where it has others.

The list's ``h = o * tanh(c)`` is ``next_h = o * tanh(next_c)`` in a course that calls them so, and
``h_prev @ W.T`` is ``prev_h @ Wh`` where Wh is W transposed, ``Waa @ a_prev`` where each sample is
a column. What a course has no array for keeps its name of the list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property

from tracer.equations.expression import Binary, Call, Expression, Name, Negative, Number, Transposed
from tracer.exercises.exercise import Check, Exercise
from tracer.exercises.own_names import Own, own_arrays
from tracer.grading.report import Difference
from tracer.language import _, plural
from tracer.view.say.difference import listed
from tracer.view.say.formulas import pieces

_WORD = re.compile(r"\w+")
_INDEXED = re.compile(r"(?<![\w.])([^\W\d]\w*)\[([^\[\]]+)\]")
_SUMS = ("z", "d_z")


class OwnWords:
    """The names and the layout of an exercise, as the functions of one check have them.

    Parameters
    ----------
    exercise : Exercise
    check : Check
    """

    def __init__(self, exercise: Exercise, check: Check) -> None:
        self.program = exercise.program
        self.functions = exercise.called(check)
        self.own = own_arrays(exercise, self.functions)

    @cached_property
    def as_listed(self) -> bool:
        """Whether they are those of the list, so that every sentence stays as it is."""
        return all(own == Own(name, before=own.before) for name, own in self.own.items())

    @cached_property
    def returned(self) -> frozenset[str]:
        """The quantities that the functions return."""
        layouts = [layout for f in self.functions for layout in f.returns.values() if layout]
        return frozenset(name for layout in layouts for name in layout.names)

    @cached_property
    def columns(self) -> bool:
        """Whether each sample is a column."""
        return any(own.turned and self._axes(name)[:1] == ("N",) for name, own in self.own.items())

    def name(self, name: str) -> str:
        """What the exercise calls a quantity; what it has no name for keeps its own."""
        if self.as_listed or self.program is None or name not in self.program.names:
            return name
        own = self.own.get(name)
        if own is not None and own.name:
            return own.name
        return self._of_blocks(name) or self._before(name) or name

    def names(self, names: Sequence[str]) -> list[str]:
        """Several of them; the blocks of one array together: ``dWx (i and f)``."""
        said: dict[str, list[str]] = {}
        for name in names:
            own = self.own.get(name)
            if own is not None and own.gate and not self.as_listed:
                said.setdefault(own.array, []).append(own.gate)
            elif own is not None and own.block and not self.as_listed:
                said.setdefault(own.array, []).append(str(own.block))
            else:
                said.setdefault(self.name(name), [])
        return [self._with_blocks(name, blocks) for name, blocks in said.items()]

    def _with_blocks(self, array: str, blocks: Sequence[str]) -> str:
        """``dWx (blocks i and f)``, where that is not all of it."""
        every = sum(own.array == array and own.name != array for own in self.own.values())
        if not 0 < len(blocks) < every:
            return array
        told = plural("{array} (block {blocks})", "{array} (blocks {blocks})", len(blocks))
        return told.format(array=array, blocks=", ".join(blocks))

    def beside(self, d: Difference, index: int) -> str:
        """A place beside a wrong number, where another layout names it otherwise: ``row 3``.

        The numbers of a row of U lie in a column where U lies transposed; and of a part of an
        array the places count on.
        """
        found = re.search(r"\[([\d, ]+)\]$", d.returned or "")
        if found is None or d.axes[:1] == ("N",) or len(d.at) < 2:
            return ""
        places = [int(n) for n in found[1].split(",")]
        own = self.own.get(d.quantity)
        down = own is not None and own.turned
        at = places[0 if down else -1] - d.at[-1] + index
        return _("row {n}").format(n=at) if down else _("column {n}").format(n=at)

    def has_part(self, name: str) -> bool:
        """Whether it is a part of an array, which the legend explains."""
        own = self.own.get(name)
        gates = self.program.gates if self.program is not None else ()
        parts = [self.own.get(f"{name}_{gate}") for gate in gates]
        return any(part is not None and bool(part.block) for part in (own, *parts))

    def _of_blocks(self, name: str) -> str:
        """``(bi, bf, bc, bo)`` for ``a``, where each gate has an array of its own."""
        assert self.program is not None
        blocks = [self.own.get(f"{name}_{gate}") for gate in self.program.gates]
        names = [own.array for own in blocks if own is not None and not (own.block or own.gate)]
        return f"({', '.join(names)})" if len(names) == len(blocks) > 0 else ""

    def _before(self, name: str) -> str:
        """``a_(t-1)`` for ``h_prev`` where a function runs over all steps."""
        state, _line, prev = name.rpartition("_")
        own = self.own.get(state) if prev == "prev" else None
        return f"{own.array}_(t-1)" if own is not None and own.name else ""

    def _axes(self, name: str) -> tuple[str, ...]:
        """The axes of one step."""
        assert self.program is not None
        names = self.program.names
        if name in _SUMS and name not in names and self.program.gates:
            name = f"{name}_{self.program.gates[0]}"
        return tuple(axis for axis in names.get(name, ()) if axis != "T")

    def formula(self, expression: Expression, of: str = "") -> str:
        """An equation's right-hand side; `of` is what stands to the left of it."""
        if self.as_listed or self.program is None:
            return str(expression)
        match expression:
            case Name(name):
                return self.name(name)
            case Transposed(Name(name)) if not of:  # "d_W is transposed: d_W.T" says so either way
                return f"{self.name(name)}.T"
        turned = isinstance(self._leaf(of), Transposed) if of else self._begins_with_samples(
            expression
        )  # fmt: skip
        return str(self._written(expression, turned=turned))

    def term(self, name: str) -> str:
        """``x @ Wx`` for ``z_from_x``, a part of a sum that has no name on any page."""
        if self.as_listed or self.program is None or name not in self.program.lines:
            return ""
        return self.formula(self.program.lines[name].expression, name)

    def letters(
        self, expression: Expression, of: str, called: Mapping[str, str], symbols: Mapping[str, str]
    ) -> str | None:
        """A right-hand side with the functions as they are really called; None as it is listed."""
        if self.as_listed or self.program is None:
            return None
        turned = isinstance(self._leaf(of), Transposed)
        return self._written(expression, turned=turned).written(called, symbols)

    def _begins_with_samples(self, expression: Expression) -> bool:
        return self.columns and self._ends(expression)[0] == "N"

    def _ends(self, expression: Expression) -> tuple[str, str]:
        """The first and the last axis of a matrix; empty where it has none."""
        match expression:
            case Name(name):
                axes = self._axes(name)
                return (axes[0], axes[-1]) if len(axes) > 1 else ("", "")
            case Transposed(of):
                return self._ends(of)[::-1]
            case Binary("@", left, right):
                return self._ends(left)[0], self._ends(right)[1]
        ends = (self._ends(part) for part in expression.parts)
        return next((found for found in ends if found[0]), ("", ""))

    def _leaf(self, name: str) -> Expression:
        """A name of the list, made of the exercise's arrays."""
        own, axes = self.own.get(name), self._axes(name)
        turned = own.turned if own is not None else self.columns and axes[:1] == ("N",)
        said = Name(self.name(name))
        return Transposed(said) if turned and len(axes) > 1 else said

    def _written(self, node: Expression, *, turned: bool) -> Expression:
        """The same of the exercise's arrays, or its transpose."""
        match node:
            case Name(name):
                leaf = self._leaf(name)
                if not turned or len(self._axes(name)) < 2:
                    return leaf
                return leaf.of if isinstance(leaf, Transposed) else Transposed(leaf)
            case Transposed(of):
                return self._written(of, turned=not turned)
            case Negative(of):
                return Negative(self._written(of, turned=turned))
            case Binary("@", left, right) if turned:
                return Binary(
                    "@", self._written(right, turned=True), self._written(left, turned=True)
                )
            case Binary(sign, left, right):
                return Binary(
                    sign, self._written(left, turned=turned), self._written(right, turned=turned)
                )
            case Call(function, arguments):
                return Call(function, tuple(self._written(a, turned=turned) for a in arguments))
        assert isinstance(node, Number)
        return node

    def text(self, sentence: str) -> str:
        """A sentence that is written in the names of the list."""
        if self.as_listed or self.program is None:
            return sentence
        parts = pieces(_INDEXED.sub(self._indexed, sentence), self._listed)
        return "".join(part if isinstance(part, str) else self.formula(*part) for part in parts)

    def _indexed(self, found: re.Match[str]) -> str:
        """``x[t]`` as the exercise indexes a step."""
        own = self.own.get(found[1])
        if own is None or not own.name:
            return found[0]
        return f"{own.array}[{own.before}{found[2]}]"

    @cached_property
    def _listed(self) -> Mapping[str, tuple[str, ...]]:
        """What a formula may name; ``d_z`` too, of which a cell with gates has only the blocks."""
        assert self.program is not None
        sums = [name for name in _SUMS if self._axes(name)]
        return {name: self._axes(name) for name in (*self.program.names, *sums)}

    def legend(self, texts: Sequence[str]) -> list[str]:
        """What the names in these texts mean that are no arrays, but blocks and parts of some."""
        if self.as_listed or self.program is None:
            return []
        words = dict.fromkeys(word for text in texts for word in _WORD.findall(text))
        blocks = {own.name: own for own in self.own.values() if own.gate}
        shown = [blocks[word] for word in words if word in blocks]
        said = []
        if shown:
            told = _("{name} is the block of {array} for {gate}.")
            if len(shown) > 1:
                told = _("{name} is the block of {array} for {gate}, and so on.")
            one = shown[0]
            said.append(told.format(name=one.name, array=one.array, gate=one.gate))
        parts = [(word, self.own[word]) for word in words if word in self.own]
        for name, own in [part for part in parts if part[1].block][:1]:
            told = _("{name} is block {n} of {count} in {array}, from the left.")
            if own.down:
                told = _("{name} is block {n} of {count} in {array}, from above.")
            said.append(told.format(name=name, array=own.array, n=own.block, count=own.blocks))
        for name, other in (("U", "x"), ("W", "h_prev")):
            arrays = self._parts_of(name)
            if arrays and name in words:
                told = _("{name} stands for the parts of {arrays} that {other} is multiplied by.")
                said.append(told.format(name=name, arrays=arrays, other=self.name(other)))
            arrays = self._parts_of(f"d_{name}")
            if arrays and f"d_{name}" in words:
                told = _("{name} stands for the parts of {arrays} that {other} has a share in.")
                said.append(told.format(name=f"d_{name}", arrays=arrays, other=self.name(other)))
        return said

    def _parts_of(self, name: str) -> str:
        """The arrays of which parts, and not the whole, are the blocks of a parameter."""
        assert self.program is not None
        blocks = [self.own.get(f"{name}_{gate}") for gate in self.program.gates]
        arrays = [own.array for own in blocks if own is not None and own.block]
        return listed(arrays) if name not in self.own and len(arrays) == len(blocks) else ""
