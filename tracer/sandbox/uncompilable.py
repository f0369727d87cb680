"""What a card's compiler refuses in a kernel, and Python in the simulator would run.

The instructions of a kernel, and of the functions that it calls, are looked through before it is
launched. What is refused was tried with numba-cuda 0.30.4. Like `runner`, this file is copied
beside the student's and imports the standard library only.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Iterator, Mapping
from itertools import pairwise
from types import CodeType, FunctionType, ModuleType
from typing import Any

LIST, DICT, SET = "list", "dict", "set"

MADE = {
    "BUILD_LIST": LIST, "LIST_APPEND": LIST, "BUILD_MAP": DICT, "BUILD_CONST_KEY_MAP": DICT,
    "MAP_ADD": DICT, "BUILD_SET": SET, "SET_ADD": SET, "BUILD_STRING": "f-string",
    "FORMAT_VALUE": "f-string", "FORMAT_SIMPLE": "f-string", "FORMAT_WITH_SPEC": "f-string",
    "PUSH_EXC_INFO": "try and no with", "UNPACK_EX": "starred name", "YIELD_VALUE": "yield",
    "IMPORT_NAME": "import",
}  # fmt: skip
"""Instructions that do not compile, and what stands in the code there."""

INSIDE = {"<genexpr>": "generator", "<listcomp>": LIST, "<dictcomp>": DICT, "<setcomp>": SET}
"""The names that Python gives to code of its own inside of a function."""

INSTEAD = {
    LIST: "; take single numbers, or cuda.local.array(4, np.float64)",
    "generator": "; take a loop",
}

NOT_OF_MATH = frozenset({
    "cbrt", "comb", "dist", "factorial", "fsum", "gcd", "isclose", "isqrt", "lcm", "perm", "prod",
    "sumprod", "ulp",
})  # fmt: skip

OF_NUMPY = frozenset({
    "acos", "acosh", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh",
    "asin", "asinh", "atan", "atan2", "atanh", "conj", "conjugate", "cos", "cosh", "deg2rad",
    "degrees", "divide", "equal", "fmax", "fmin", "greater", "greater_equal", "hypot", "isnan",
    "less", "less_equal", "log", "log10", "log2", "logical_and", "logical_not", "logical_or",
    "logical_xor", "maximum", "minimum", "not_equal", "rad2deg", "radians", "sin", "sinh", "tan",
    "tanh", "true_divide",
})  # fmt: skip
"""The functions of NumPy that compile for single numbers; np.exp and np.abs are not among them."""


def refuse(function: Any, compiled: tuple[Any, ...]) -> None:
    """Raise a `TypeError` that says what does not compile, and in which line.

    Parameters
    ----------
    function : function
        The kernel, as Python has it.
    compiled : tuple of class
        Of what is compiled where a kernel calls it; its function is `py_func`.
    """
    looked_at: list[Any] = []
    still = [function]
    while still:
        now = still.pop()
        looked_at.append(now)
        names = {**now.__globals__, **_enclosed(now)}
        for line, what in _found(now.__code__, names, compiled):
            raise TypeError(f"no card compiles this: {what}, in line {line} of the file")
        called = [names[name] for name in _names(now.__code__) if name in names]
        functions = [one.py_func for one in called if isinstance(one, compiled)]
        still += [one for one in functions if one not in looked_at]


def _enclosed(function: Any) -> Mapping[str, Any]:
    """What it has of the function in which it stands."""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    return {name: cell.cell_contents for name, cell in cells}


def _inside(code: CodeType) -> Iterator[CodeType]:
    """A function's code, and that of the functions in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _inside(constant)


def _names(code: CodeType) -> set[str]:
    return {name for part in _inside(code) for name in (*part.co_names, *part.co_freevars)}


def _found(
    whole: CodeType, names: Mapping[str, Any], compiled: tuple[Any, ...]
) -> Iterator[tuple[int, str]]:
    """The line and what it is, of all that does not compile."""
    for code in _inside(whole):
        if code.co_name in INSIDE:
            yield code.co_firstlineno, _none(INSIDE[code.co_name])
            continue
        line, module = code.co_firstlineno, None
        instructions = list(dis.get_instructions(code))
        # (*a.shape, 1) is a list on its way to be a tuple
        tuples = any("LIST_TO_TUPLE" in one.argrepr + one.opname for one in instructions)
        for place, one in enumerate(instructions):
            line = _line(one) or line
            made = MADE.get(one.opname)
            if made and not (made == LIST and tuples):
                yield line, _none(made)
            value = names.get(one.argval) if one.opname in {"LOAD_GLOBAL", "LOAD_DEREF"} else None
            if isinstance(module, ModuleType) and one.opname in {"LOAD_ATTR", "LOAD_METHOD"}:
                value = getattr(module, one.argval, None)
            if said := _of_value(one.argval, value, compiled):
                yield line, said
            module = value
            if one.argval == "array" and instructions[place - 1].argval in {"shared", "local"}:
                yield from (
                    (line, f"{name} in the shape of an array, which is to be written as numbers")
                    for name in _unknown(instructions, place)
                )


def _line(instruction: dis.Instruction) -> int | None:
    """Where it stands in the file."""
    positions = instruction.positions
    return positions.lineno if positions is not None else None


def _none(what: str) -> str:
    return f"a kernel has no {what}{INSTEAD.get(what, '')}"


def _of_value(name: Any, value: Any, compiled: tuple[Any, ...]) -> str:
    """What is the matter with what a name stands for; empty where nothing is."""
    if isinstance(value, compiled) or value is None:
        return ""
    home = str(getattr(value, "__module__", None)).partition(".")[0]
    if isinstance(value, (list, dict, set)):
        return f"{name} is a {type(value).__name__}"
    if isinstance(value, type):
        ours = home in {"builtins", "numpy", "numba"} and value.__name__ != "prange"
        return "" if ours else f"{name} is a class"
    if isinstance(value, FunctionType) and home not in {"numba", "numpy"}:
        return f"{name} is a function without @cuda.jit(device=True) above it"
    if home == "math" and name in NOT_OF_MATH:
        return f"a kernel has no math.{name}"
    numpy = sys.modules["numpy"]
    if callable(value) and getattr(numpy, str(name), None) is value and name not in OF_NUMPY:
        return f"a kernel has no np.{name}; take math's functions of single numbers"
    return ""


def _unknown(instructions: list[dis.Instruction], place: int) -> Iterator[str]:
    """The variables between the name `array` and its call that are no numbers in the code."""
    before = {"LOAD_CONST", "LOAD_SMALL_INT", "LOAD_GLOBAL", "LOAD_DEREF"}
    known = {
        two.argval
        for one, two in pairwise(instructions)
        if one.opname in before and two.opname == "STORE_FAST"
    }
    for one, two in pairwise(instructions[place + 1 :]):
        if one.opname.startswith("CALL"):
            return
        if one.opname.startswith("LOAD_FAST") and two.argval != "dtype":
            loaded = one.argval if isinstance(one.argval, tuple) else (one.argval,)
            yield from (name for name in loaded if name not in known)
