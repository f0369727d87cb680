"""An equation compiled to Python, once for each text: a function of the values by their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeAlias

from tracer.cells.activations import ACTIVATIONS, SLOPES
from tracer.equations import CELLS
from tracer.equations.expression import (
    Binary,
    Call,
    Expression,
    Name,
    Negative,
    Number,
    Transposed,
)
from tracer.errors import UnknownNameError
from tracer.program.functions import NAMED, OF_A_STEP, OF_ALL_STEPS

Compiled: TypeAlias = Callable[[Mapping[str, Any]], Any]
Bodies: TypeAlias = tuple[tuple[str, Expression], ...]
"""Functions that were given another body: the name, and an expression of ``z``."""


def compiled(expression: Expression, cell: str, bodies: Bodies, *, all_steps: bool) -> Compiled:
    """The expression as a function of the values that it reads.

    Parameters
    ----------
    expression : Expression
    cell : str
        The kind of cell whose functions it calls; empty for an update.
    bodies : tuple
        What takes the place of some of them.
    all_steps : bool
        Whether what is read has an axis of steps before that of sentences.
    """
    written = tuple((name, _python(body, of_z=True)) for name, body in bodies)
    return _made(_python(expression), cell, written, all_steps)


AS_IT_WAS = "listed_"
"""Before the name of a function: as the list has it, whatever body it was given."""

_Written: TypeAlias = tuple[tuple[str, str], ...]


@lru_cache(maxsize=200_000)
def _made(text: str, cell: str, bodies: _Written, all_steps: bool) -> Compiled:  # noqa: FBT001 - a key
    function: Compiled = eval(f"lambda e: {text}", _namespace(cell, bodies, all_steps))  # noqa: S307 - see _python
    return function


@lru_cache(maxsize=10_000)
def _namespace(cell: str, bodies: _Written, all_steps: bool) -> dict[str, Any]:  # noqa: FBT001
    """What an equation may call, shared by all equations that may call the same."""
    known: dict[str, Any] = dict(functions_of(cell))
    known |= OF_ALL_STEPS if all_steps else OF_A_STEP
    known["__builtins__"] = {}
    # A body calls the functions as they were, so that σ may be said to be σ(-z).
    return known | {name: eval(f"lambda z: {body}", known) for name, body in bodies}  # noqa: S307


@lru_cache(maxsize=64)
def functions_of(cell: str) -> Mapping[str, Callable[..., Any]]:
    """Every function that an equation of the cell may call, by its name there."""
    known = dict(NAMED)
    if cell in CELLS:
        for symbol, name in CELLS[cell].activations().items():
            known[symbol] = NAMED.get(name, ACTIVATIONS[name])
            known[f"d{symbol}"] = NAMED.get(f"d{name}", SLOPES[name])
            known[AS_IT_WAS + symbol] = known[symbol]
            known[f"d{AS_IT_WAS}{symbol}"] = known[f"d{symbol}"]
    return MappingProxyType(known)


def check_functions(expression: Expression, cell: str) -> None:
    """Raise an `UnknownNameError` for a function that there is not."""
    for function in expression.functions:
        if function not in functions_of(cell) and function not in OF_ALL_STEPS:
            known = (*functions_of(cell), *OF_ALL_STEPS)
            raise UnknownNameError("function", function, [n for n in known if AS_IT_WAS not in n])


def _python(expression: Expression, *, of_z: bool = False) -> str:
    """Python for an expression: nothing but the signs, numbers, names as keys, and functions."""

    def text(node: Expression) -> str:
        match node:
            case Name("z") if of_z:
                return "z"
            case Name(name):
                return f"e[{name!r}]"
            case Number(number):
                return repr(number)
            case Transposed(of):
                return f"{text(of)}.mT"
            case Negative(of):
                return f"(-{text(of)})"
            case Binary(sign, left, right):
                return f"({text(left)} {sign} {text(right)})"
            case Call("one_hot", (label,)):
                return f"one_hot({text(label)}, e['K'])"
            case Call(function, arguments):
                return f"{function}({', '.join(map(text, arguments))})"
        raise AssertionError(node)

    return text(expression)
