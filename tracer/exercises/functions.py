"""What ``[[functions]]`` and ``where`` say: each argument and each result with its layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, NoReturn, TypeAlias

from tracer.errors import InputError, UnknownNameError
from tracer.exercises import layout_text, signature
from tracer.exercises.axes import Axes
from tracer.exercises.exercise import Function, known_axes
from tracer.exercises.handing import returned
from tracer.exercises.layout import (
    Anything,
    Drawn,
    Fixed,
    Gradient,
    Grouped,
    Layout,
    Learned,
    Name,
    OneHot,
    Scaled,
    Stated,
)
from tracer.exercises.signature import Signature
from tracer.program import Program

Where: TypeAlias = Mapping[str, Any]
"""A layout for each name: its text, or a table of texts, which is a dict."""


class Misfit(InputError):
    """What does not fit: in which table of the file, at which key, and why."""

    def __init__(self, table: str, key: str, stands: str, why: str) -> None:
        super().__init__(why)
        self.table, self.key, self.stands, self.why = table, key, stands, why


def functions(
    program: Program | None, entries: Sequence[Mapping[str, Any]], shared: Where
) -> tuple[Function, ...]:
    """Every function of the file.

    Parameters
    ----------
    program : Program or None
        None where a reference, or a statement, says what is right.
    entries : sequence of mapping
        A ``[[functions]]`` each, with the keys `signature`, `over` and `where`.
    shared : mapping
        The file's own ``where``, which counts where a function's says nothing.

    Raises
    ------
    Misfit
        If a name is unknown, or a layout cannot be read or does not fit.
    """
    signatures = [_signature(n, entry["signature"]) for n, entry in enumerate(entries, 1)]
    names = [one.function for one in signatures]
    for n, one in enumerate(signatures, 1):
        if one.function in names[: n - 1]:
            why = "that name is taken by a function before it; expected another name for each"
            raise Misfit(_table(n), "signature", entries[n - 1]["signature"], why)
    said = {name for one in signatures for name in (*(one.made_with or ()), *one.arguments,
                                                    *one.returns)}  # fmt: skip
    for name, text in shared.items():
        if name not in said:
            raise Misfit("", f"where.{name}", text, _unknown(name, said))
    found: list[Function] = []
    for n, (one, entry) in enumerate(zip(signatures, entries, strict=True), 1):
        later = {name for after in signatures[n:] for name in after.arguments}
        reading = _Reading(
            n, one, program, {**shared, **entry["where"]}, entry["over"], found, later
        )
        own = {*(one.made_with or ()), *one.arguments, *one.returns}
        for name, text in entry["where"].items():
            if name not in own:
                raise Misfit(_table(n), f"where.{name}", text, _unknown(name, own))
        found.append(reading.function(entry["signature"]))
    return tuple(found)


class _Reading:
    """One function while it is read."""

    def __init__(
        self, n: int, one: Signature, program: Program | None, where: Where,
        over: Literal["step", "sequence"], before: Sequence[Function], later: set[str],
    ) -> None:  # fmt: skip
        self.n, self.one, self.program, self.where, self.over = n, one, program, where, over
        self.before, self.later = before, later
        self.known = {} if program is None else known_axes(program, over)
        self.taken: dict[str, Layout | None] = {}

    def function(self, text: str) -> Function:
        one = self.one
        self.taken = {
            name: self.argument(name) for name in (*(one.made_with or ()), *one.arguments)
        }
        made = None
        if one.made_with is not None:
            made = {name: self.whole(name) for name in one.made_with}
        arguments = {name: self.taken[name] for name in one.arguments}
        returns = {name: self.result(name) for name in one.returns}
        function = Function(
            one.function, text, None if made is None else MappingProxyType(made),
            MappingProxyType(arguments), MappingProxyType(returns), self.over,
            MappingProxyType(self.shown()),
        )  # fmt: skip
        for key, layout in returned(function).items():
            names = [node.name for node in layout.nodes() if isinstance(node, Name)]
            if len(set(names)) < len(names):
                self.fail(key, "a quantity stands twice in one array")
        return function

    def whole(self, name: str) -> Layout:
        layout = self.taken[name]
        if layout is None:
            self.fail(name, f"{name} makes an object, so no function can have returned it before")
        return layout

    def argument(self, name: str) -> Layout | None:
        """The layout of an argument; None for what an earlier function returned, as it is."""
        if name not in self.where:
            known = self.program is not None and name in self.program.names
            for function in reversed(self.before):  # what it returned goes in as it came out
                if name in function.returns and (function.over == self.over or not known):
                    return self.handed_on(name, function.returns[name])
            if known:
                return self.fitting(name, Name(name))
            raise Misfit(_table(self.n), "signature", "", self._no_argument(name))
        layout = self.parsed(name)
        for key, leaf in layout.leaves(name).items():
            for node in leaf.nodes():
                if isinstance(node, (Anything, Stated)):
                    self.fail(key, f"'{node}' is for what is returned only")
                if isinstance(node, Drawn) and self.program is not None:
                    why = "numbers are drawn like this for a reference.py; expected quantities"
                    self.fail(key, f"'{node}': {why}")
                if isinstance(node, Name) and self.program is None:
                    drawn = ", ".join(f"{how}(…)" for how in layout_text.DRAWN)
                    why = f"without equations there is no quantity '{node}'; expected {drawn}"
                    self.fail(key, why)
        return self.fitting(name, layout)

    def handed_on(self, name: str, layout: Layout | None) -> Layout | None:
        """What an earlier function returned, as it is."""
        if layout is None or isinstance(layout, Anything):
            return None
        if any(isinstance(node, Stated) for node in layout.nodes()):
            self.fail(name, f"{name} is stated by a check, and no function can take it")
        return layout

    def _no_argument(self, name: str) -> str:
        if self.program is None:
            return (
                f"nothing says how the argument {name} is drawn; write it in where, "
                f'as {name} = "normal(N, H)"'
            )
        what = UnknownNameError("quantity", name, self.program.names)
        return (
            f"the argument {name} is no quantity of the equations and no earlier function returns "
            f"it; say in where what it is made of ({_short(what)})"
        )

    def result(self, name: str) -> Layout | None:
        """The layout of a result; None where it is whatever a later function takes."""
        if self.program is None:
            layout = self.parsed(name) if name in self.where else Name(name)
            return Name(name) if _drawn(layout) else layout
        if name in self.where:
            layout = self.parsed(name)
        elif name in self.program.names:
            layout = Name(name)
        elif name in self.later:
            return None
        else:
            what = UnknownNameError("quantity", name, self.program.names)
            raise Misfit(
                _table(self.n), "signature", "",
                f"the result {name} is no quantity of the equations, and no later function takes "
                f'it; say in where what it is made of, or {name} = "..." for what is never '
                f"looked at ({_short(what)})",
            )  # fmt: skip
        if name in self.taken:  # taken and returned: what becomes of it
            layout = layout.renamed(_becomes(self.program))
            if layout.names and set(layout.names) <= _weights(self.program):
                return Learned(self.fitting(name, layout))
        for node in layout.nodes():
            if isinstance(node, (Fixed, Drawn, OneHot)):
                self.fail(name, f"'{node}' is for arguments only")
        return self.fitting(name, layout)

    def shown(self) -> dict[str, Axes]:
        """The axes of what a reference returns too, as far as `where` says them."""
        if self.program is not None:
            return {}
        layouts = {name: self.parsed(name) for name in self.where if name in self.one.returns}
        return {name: of.drawn for name, of in layouts.items() if isinstance(of, Drawn)}

    def parsed(self, name: str) -> Layout:
        """The layout in `where`, with every gradient put in its place."""

        def read(key: str, said: Any) -> Layout:
            if isinstance(said, Mapping):
                inner = tuple((name, read(f"{key}.{name}", part)) for name, part in said.items())
                return Grouped("dict", inner)
            try:
                return layout_text.parse(said).rewritten(
                    lambda node: (
                        self.gradient(node.argument) if isinstance(node, Gradient) else None
                    )
                )
            except InputError as error:
                raise Misfit(_table(self.n), f"where.{key}", said, str(error)) from None

        return read(name, self.where[name])

    def gradient(self, argument: str) -> Layout:
        """The gradient of an argument, of this function or of an earlier one."""
        layouts = [self.taken, *(f.taken for f in reversed(self.before))]
        layout = next((taken[argument] for taken in layouts if argument in taken), None)
        if layout is None:
            known = dict.fromkeys(name for taken in layouts for name in taken)
            raise InputError(f"d({argument}): {UnknownNameError('argument', argument, known)}")
        names = {} if self.program is None else self.program.names

        def change(node: Layout) -> Layout | None:
            if isinstance(node, Scaled):  # a + b is added up, so both have the gradient of the sum
                return node.of.rewritten(change)
            if isinstance(node, Name):
                if f"d_{node.name}" not in names:
                    raise InputError(
                        f"d({argument}): there is no gradient of {node.name}, which {argument} is "
                        "made of"
                    )
                return Name(f"d_{node.name}")
            return None

        return layout.rewritten(change)

    def fitting(self, name: str, layout: Layout) -> Layout:
        """The layout, if its parts are there and fit each other."""
        for key, leaf in layout.leaves(name).items():
            for node in leaf.nodes():
                if isinstance(node, Name) and node.name not in self.known and self.program:
                    what = UnknownNameError("quantity", node.name, self.program.names)
                    self.fail(key, _short(what))
            if self.program is not None and not isinstance(leaf, (Anything, Stated, Fixed)):
                try:
                    leaf.axes(self.known)
                except InputError as error:
                    self.fail(key, str(error))
        return layout

    def fail(self, key: str, why: str) -> NoReturn:
        """Say what does not fit, and at which key."""
        name, *inside = key.split(".")
        if name not in self.where:
            raise Misfit(_table(self.n), "signature", "", why)
        said = self.where[name]
        at = f"where.{name}"
        for part in inside:
            if isinstance(said, Mapping):
                said, at = said[part], f"{at}.{part}"
        raise Misfit(_table(self.n), at, said, why)


def _signature(n: int, text: str) -> Signature:
    try:
        return signature.parse(text)
    except InputError as error:
        raise Misfit(_table(n), "signature", text, str(error)) from None


def _becomes(program: Program) -> dict[str, str]:
    """What a function makes of what it takes: the state after a step, the new weights."""
    found: dict[str, str] = {}
    for carry in program.carries.values():
        if not carry.backward:
            found |= {carry.into: carry.of, carry.initial: f"{carry.of}_T"}
    for name in program.names:
        for after in (f"{name}_new", f"clipped_{name}"):
            if after in program.names:
                found[name] = after
    return found


def _weights(program: Program) -> set[str]:
    """What is learned: given, the same at every step, and with a gradient."""
    initial = {carry.initial for carry in program.carries.values()}
    return {
        name
        for name, axes in program.names.items()
        if name in program.given and f"d_{name}" in program.names and "T" not in axes
    } - initial


def _drawn(layout: Layout) -> bool:
    return any(isinstance(node, Drawn) for node in layout.nodes())


def _table(n: int) -> str:
    return f"function {n}"


def _unknown(name: str, known: set[str]) -> str:
    return str(UnknownNameError("argument or result", name, sorted(known)))


def _short(error: UnknownNameError) -> str:
    """The sentence without its list, where that is longer than anybody reads."""
    text, _, known = str(error).partition(" Known: ")
    return str(error) if len(known) < 200 else text.rstrip(".;")
