"""What an equation is made of: what it reads, its value, itself written and rewritten.

An expression is a tree of the small records below, and equal where it reads equal:
``parse("x @ U.T") == Binary("@", Name("x"), Transposed(Name("U")))``. A caller that asks how an
equation is built asks by ``match``; nothing else takes the text apart.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from tracer.errors import InputError

Sign: TypeAlias = Literal["+", "-", "*", "/", "@", "**"]

_OPERATIONS: Mapping[Sign, Callable[[Any, Any], Any]] = MappingProxyType(
    {
        "+": operator.add, "-": operator.sub, "*": operator.mul,
        "/": operator.truediv, "@": operator.matmul, "**": operator.pow,
    }
)  # fmt: skip
_BARE_LEFT: Mapping[str, tuple[Sign, ...]] = MappingProxyType(
    {"*": ("*", "/", "**"), "/": ("*", "/", "**"), "@": ("@",)}
)
_BARE_RIGHT: Mapping[str, tuple[Sign, ...]] = MappingProxyType(
    {"+": ("*", "/", "@", "**"), "-": ("*", "/", "@", "**"), "*": ("**",), "/": ("**",)}
)
"""Which signs need no brackets to the left and to the right of a sign. Python needs fewer: it takes
``f * h @ W`` from left to right, but no reader should have to know."""
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Expression:
    """What all the records below can do. ``str(expression)`` is the equation in Python."""

    __slots__ = ("_functions", "_reads")
    _functions: tuple[str, ...]
    _reads: tuple[str, ...]

    @property
    def parts(self) -> tuple[Expression, ...]:
        """The expressions that it is made of, from left to right."""
        match self:
            case Transposed(of) | Negative(of):
                return (of,)
            case Binary(_, left, right):
                return (left, right)
            case Call(_, arguments):
                return arguments
        return ()

    def nodes(self) -> Iterator[Expression]:
        """Itself and everything in it, in the order of reading."""
        yield self
        for part in self.parts:
            yield from part.nodes()

    @property
    def reads(self) -> tuple[str, ...]:
        """The quantities and parameters in it, each once, in the order of reading."""
        try:
            return self._reads
        except AttributeError:  # kept, for a search asks it of the same equations again and again
            names = dict.fromkeys(node.name for node in self.nodes() if isinstance(node, Name))
            object.__setattr__(self, "_reads", tuple(names))
            return self._reads

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions that it calls, each once, in the order of reading."""
        try:
            return self._functions
        except AttributeError:
            called = dict.fromkeys(n.function for n in self.nodes() if isinstance(n, Call))
            object.__setattr__(self, "_functions", tuple(called))
            return self._functions

    @property
    def reads_rows(self) -> frozenset[str]:
        """Those of `reads` that stand in a matrix product, so that one number reads a whole row."""
        products = [node for node in self.nodes() if isinstance(node, Binary) and node.sign == "@"]
        return frozenset(name for product in products for name in product.reads)

    @property
    def terms(self) -> tuple[Expression, ...]:
        """What it adds up, ``a``, ``b`` and ``-c`` of ``a + b - c``; itself where it is no sum."""
        match self:
            case Binary("+", left, right):
                return left.terms + right.terms
            case Binary("-", left, right):
                return (*left.terms, *(Negative(term) for term in right.terms))
        return (self,)

    def value(self, names: Mapping[str, Any], functions: Mapping[str, Any] = _NOTHING) -> Any:
        """What it comes to.

        Parameters
        ----------
        names : mapping
            Each quantity and parameter of `reads`, an array or a number.
        functions : mapping
            Each function of `functions`.

        Raises
        ------
        InputError
            If one of them is not there.
        """

        def of(node: Expression) -> Any:
            match node:
                case Name(name):
                    return self._given(name, names)
                case Binary(sign, left, right):
                    return _OPERATIONS[sign](of(left), of(right))
                case Call(function, arguments):
                    return self._given(function, functions)(*map(of, arguments))
                case Number(number):
                    return number
                case Transposed(part):
                    return of(part).T
                case Negative(part):
                    return -of(part)
            raise AssertionError(node)

        return of(self)

    def size(self, names: Mapping[str, Any], functions: Mapping[str, Any] = _NOTHING) -> Any:
        """How large the terms are that it adds up: what its rounding is measured by.

        Terms may cancel, so that a sum of large numbers is small; its rounding is not. So every
        term counts without its sign. A slope counts as 1: no slope of the list is above 1, and
        near 0 it is rounded like 1.
        """

        def of(node: Expression) -> Any:
            match node:
                case Transposed(part):
                    return of(part).T
                case Negative(part):
                    return of(part)
                case Binary("/", left, right):
                    return of(left) / abs(right.value(names, functions))
                case Binary("**", left, right):
                    return of(left) ** right.value(names, functions)
                case Binary(sign, left, right):
                    return _OPERATIONS["+" if sign == "-" else sign](of(left), of(right))
                case Call() if node.slope_of is not None:
                    return 1
            return abs(node.value(names, functions))

        return of(self)

    def _given(self, name: str, values: Mapping[str, Any]) -> Any:
        try:
            return values[name]
        except LookupError:
            raise InputError(
                f"the equation '{self}' reads '{name}', which was not given; "
                f"given: {', '.join(values) or 'nothing'}"
            ) from None

    def rewritten(self, change: Callable[[Expression], Expression | None]) -> Expression:
        """The same with parts of it changed, the largest first.

        `change` gives what takes the place of a part, which is not looked at again, or None where
        the part stays and its own parts are asked for next.
        """
        changed = change(self)
        if changed is not None:
            return changed
        match self:
            case Transposed(of):
                return Transposed(of.rewritten(change))
            case Negative(of):
                return Negative(of.rewritten(change))
            case Binary(sign, left, right):
                return Binary(sign, left.rewritten(change), right.rewritten(change))
            case Call(function, arguments):
                return Call(function, tuple(part.rewritten(change) for part in arguments))
        return self

    def replaced(self, by: Mapping[str, Expression]) -> Expression:
        """The same with other expressions in the place of names, all at once."""
        return self.rewritten(lambda node: by.get(node.name) if isinstance(node, Name) else None)

    def written(
        self,
        called: Mapping[str, str] = _NOTHING,
        symbols: Mapping[str, str] = _NOTHING,
        number: Callable[[float], str] = str,
        times: str = " * ",
    ) -> str:
        """The expression as text; with nothing given, Python that `parse` reads back.

        Parameters
        ----------
        called : mapping
            Other names of functions. A slope is written with a dash then: ``dσ(z)`` as ``σ'(z)``.
        symbols : mapping
            What is written for a name: ``U_f x_t`` for ``z_f_from_x``.
        number : callable
            How a number is written.
        times : str
            What stands between two factors.
        """

        def text(node: Expression) -> str:
            match node:
                case Name(name):
                    return symbols.get(name, name)
                case Number(found):
                    return number(found)
                case Transposed(of):
                    return f"{grouped(of, '.T')}.T"
                case Negative(of):
                    return f"-{grouped(of, '*', right=True)}"
                case Binary(sign, left, right):
                    first = text(left) if sign in "+-" else grouped(left, sign)
                    between = times if sign == "*" else f" {sign} "
                    return f"{first}{between}{grouped(right, sign, right=True)}"
                case Call(function, arguments):
                    slope = called.get(node.slope_of or "")
                    name = f"{slope}'" if slope else called.get(function, function)
                    return f"{name}({', '.join(map(text, arguments))})"
            raise AssertionError(node)

        def grouped(node: Expression, beside: str, *, right: bool = False) -> str:
            """In brackets where the sign beside it would bind more tightly, or it is negative."""
            written = text(node)
            if isinstance(node, Binary):
                bare = _BARE_RIGHT if right else _BARE_LEFT
                loose = node.sign not in bare.get(beside, ())
            else:
                loose = written.startswith("-") or (beside == ".T" and isinstance(node, Number))
            return f"({written})" if loose else written

        return text(self)

    def __str__(self) -> str:
        return self.written()


@dataclass(frozen=True, slots=True)
class Name(Expression):
    """A quantity or a parameter."""

    name: str


@dataclass(frozen=True, slots=True)
class Number(Expression):
    """A number that stands in the equation itself, or was put in for a name."""

    number: float


@dataclass(frozen=True, slots=True)
class Transposed(Expression):
    """``of.T``."""

    of: Expression


@dataclass(frozen=True, slots=True)
class Negative(Expression):
    """``-of``."""

    of: Expression


@dataclass(frozen=True, slots=True)
class Binary(Expression):
    """Two expressions with a sign between them; ``@`` is the matrix product."""

    sign: Sign
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Call(Expression):
    """A function of one or more expressions."""

    function: str
    arguments: tuple[Expression, ...]

    @property
    def slope_of(self) -> str | None:
        """The function whose slope it is: ``dσ(z)`` is that of ``σ``; None for any other."""
        return self.function[1:] if self.function[0] == "d" and self.function != "d" else None
