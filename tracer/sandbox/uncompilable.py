"""What a card's compiler refuses in a kernel, and Python in the simulator would run.

The instructions of a kernel, and of the functions that it calls, are looked through before it is
launched. What is refused was tried with numba-cuda 0.30.4; where it is not certain what stands
there, the kernel is launched. Like `runner`, this file is copied beside the student's and imports
the standard library only.
"""

from __future__ import annotations

import builtins
import dis
import enum
import math
import re
import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

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

A_FEW = "; take single numbers, or cuda.local.array(4, np.float64)"

INSTEAD = {
    LIST: A_FEW,
    "list()": A_FEW,
    "np.array": A_FEW,
    "np.empty": A_FEW,
    "np.zeros": A_FEW,
    "np.abs": "; take abs or math.fabs",
    "generator": "; take a loop",
}

NOT_OF_PYTHON = (
    "__import__", "all", "any", "ascii", "bin", "bytearray", "bytes", "callable", "chr", "compile",
    "delattr", "dict", "dir", "eval", "exec", "filter", "format", "frozenset", "globals", "hash",
    "hex", "id", "input", "issubclass", "list", "locals", "map", "memoryview", "object", "oct",
    "open", "repr", "reversed", "set", "setattr", "sorted", "super", "vars",
)  # fmt: skip

NOT_OF_MATH = (
    "cbrt", "comb", "dist", "factorial", "fsum", "gcd", "isclose", "isqrt", "lcm", "perm", "prod",
    "sumprod", "ulp",
)  # fmt: skip

OF_NUMPY = frozenset({
    "acos", "acosh", "all", "angle", "any", "arccos", "arccosh", "arcsin", "arcsinh", "arctan",
    "arctan2", "arctanh", "argmax", "argmin", "array_equal", "asarray", "asin", "asinh", "atan",
    "atan2", "atanh", "atleast_1d", "atleast_2d", "atleast_3d", "average", "bitwise_and",
    "bitwise_invert", "bitwise_left_shift", "bitwise_not", "bitwise_or", "bitwise_right_shift",
    "bitwise_xor", "broadcast_shapes", "conj", "conjugate", "cos", "cosh", "count_nonzero",
    "deg2rad", "degrees", "divide", "dsplit", "equal", "fmax", "fmin", "greater",
    "greater_equal", "hypot", "imag", "invert", "iscomplexobj", "isnan", "isrealobj",
    "isscalar", "left_shift", "less", "less_equal", "log", "log10", "log2", "logical_and",
    "logical_not", "logical_or", "logical_xor", "maximum", "mean", "minimum", "nan_to_num",
    "nanmean", "nanprod", "nanstd", "nansum", "nanvar", "not_equal", "prod", "rad2deg",
    "radians", "real", "right_shift", "searchsorted", "shape", "sin", "sinc", "sinh", "size",
    "std", "sum", "tan", "tanh", "trace", "true_divide", "var", "vsplit",
})  # fmt: skip
"""The functions of NumPy that compile; np.exp and np.abs are not among them."""

NOTHING_DONE = frozenset({
    "CACHE", "COPY_FREE_VARS", "EXTENDED_ARG", "KW_NAMES", "MAKE_CELL", "NOP", "NOT_TAKEN",
    "PRECALL", "PUSH_NULL", "RESUME", "TO_BOOL",
})  # fmt: skip
"""Instructions that neither make a value nor choose what comes next."""

OF_TWO = ("BINARY_", "COMPARE_OP", "IS_OP", "CONTAINS_OP")

OF_ONE = ("UNARY_", "COPY", "SWAP")

ENDS = frozenset({"RETURN_VALUE", "RETURN_CONST", "RAISE_VARARGS", "RERAISE"})

LOADS = frozenset({"LOAD_GLOBAL", "LOAD_DEREF", "LOAD_ATTR", "LOAD_FAST"})

UNKNOWN, FIXED = object(), object()
"""The values of what is known only when the kernel runs, and of what the compiler may work out."""


class Step(NamedTuple):
    """An instruction, in a form that is the same in all versions of Python."""

    kind: str
    what: Any
    line: int
    offset: int
    reached_by_jump: bool


def refuse(function: Any, compiled: tuple[Any, ...]) -> None:
    """Raise a `TypeError` that says what does not compile, and in which line.

    Parameters
    ----------
    function : function
        The kernel, as Python has it.
    compiled : tuple of class
        Of what is compiled where a kernel calls it; its function is `py_func`.
    """
    named = _refused_by_name()
    looked_at: list[Any] = []
    still = [function]
    while still:
        now = still.pop()
        looked_at.append(now)
        names = {**vars(builtins), **now.__globals__, **_enclosed(now)}
        codes = [now.__code__]
        while codes:
            code = codes.pop()
            steps = list(_steps(code))
            values = _values(code, steps, names)
            reached = _reached(code, steps, values)
            for line, what in _found(code, steps, values, reached, named, compiled):
                raise TypeError(f"no card compiles this: {what}, in line {line} of the file")
            used = [values[place] for place in reached]
            codes += [one for one in used if isinstance(one, CodeType)]
            called = [one.py_func for one in used if isinstance(one, compiled)]
            still += [one for one in called if one not in looked_at and one not in still]


def _refused_by_name() -> dict[int, str]:
    """What does not compile whatever it is called with: by its identity, as it may be renamed."""
    numpy: Any = sys.modules["numpy"]
    modules = {"np": numpy, "np.linalg": numpy.linalg, "np.random": numpy.random}
    of_numpy = {
        f"{home}.{name}": value
        for home, module in modules.items()
        for name, value in vars(module).items()
        if callable(value) and not isinstance(value, type) and name not in OF_NUMPY
    }
    of_python = {f"{name}()": getattr(builtins, name) for name in NOT_OF_PYTHON}
    of_math = {f"math.{name}": getattr(math, name, None) for name in NOT_OF_MATH}
    every = {**of_numpy, **of_math, **of_python}
    return {id(every[name]): name for name in sorted(every, key=len, reverse=True)}


def _enclosed(function: Any) -> Mapping[str, Any]:
    """What it has of the function in which it stands."""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    return {name: cell.cell_contents for name, cell in cells}


def _steps(code: CodeType) -> Iterator[Step]:
    """Its instructions one by one, where Python has one for two of them, too."""
    line = code.co_firstlineno
    for one in dis.get_instructions(code):
        positions = one.positions
        line = (positions.lineno if positions is not None else None) or line
        if one.opname in NOTHING_DONE:
            continue
        kinds = re.findall("(?:LOAD|STORE)_FAST", one.opname) or [one.opname]
        whats = one.argval if len(kinds) > 1 else (one.argval,)
        for kind, what in zip(kinds, whats, strict=True):
            same = {"LOAD_METHOD": "LOAD_ATTR", "LOAD_SMALL_INT": "LOAD_CONST"}.get(kind, kind)
            yield Step(same, what, line, one.offset, one.is_jump_target)


def _values(code: CodeType, steps: list[Step], names: Mapping[str, Any]) -> list[Any]:
    """What each step leaves on the stack, as far as that is known before the kernel runs."""
    stores = Counter(step.what for step in steps if step.kind == "STORE_FAST")
    stores.update(code.co_varnames[: code.co_argcount])  # the caller stores those
    held: dict[str, Any] = {}
    values: list[Any] = []
    for step in steps:
        value = UNKNOWN
        before, last = (UNKNOWN, UNKNOWN, *values)[-2:]
        if step.reached_by_jump:
            before = last = UNKNOWN
            held = {name: value for name, value in held.items() if stores[name] == 1}
        if step.kind == "LOAD_CONST":
            value = step.what
        elif step.kind == "LOAD_FAST":
            value = held.get(step.what, UNKNOWN)
        elif step.kind in {"LOAD_GLOBAL", "LOAD_DEREF"} and step.what not in code.co_cellvars:
            value = names.get(step.what, UNKNOWN)
        elif step.kind == "LOAD_ATTR" and isinstance(last, ModuleType):
            value = getattr(last, step.what, UNKNOWN)
        elif step.kind == "LOAD_ATTR" and (step.what == "ndim" or last is not UNKNOWN):
            value = FIXED
        elif step.kind == "STORE_FAST":
            held[step.what] = last
        else:
            two = step.kind.startswith(OF_TWO) and before is not UNKNOWN is not last
            one = step.kind.startswith(OF_ONE) and last is not UNKNOWN
            types = step.kind == "CALL" and any(of is isinstance for of in values[-4:])
            value = FIXED if two or one or types else UNKNOWN
        values.append(value)
    return values


def _reached(code: CodeType, steps: list[Step], values: list[Any]) -> list[int]:
    """The places of the steps that are compiled, whatever comes of a condition of constants.

    Numba leaves out what stands behind one that is never true.
    """
    offsets = [step.offset for step in steps]
    bytecode: Any = dis.Bytecode(code)

    def reached(*, fixed: bool) -> set[int]:
        """Those where each jump is made, or none is, whose condition is fixed."""
        found: set[int] = set()
        still = [0]
        while still:
            place = still.pop()
            if place in found:
                continue
            found.add(place)
            step, last = steps[place], values[place - 1]
            jumps = _jumps(step.kind, UNKNOWN if step.reached_by_jump else last, fixed=fixed)
            if jumps is not False:
                still.append(bisect_left(offsets, step.what))
            if jumps is not True and step.kind not in ENDS:
                still.append(place + 1)
            still += [
                bisect_left(offsets, one.target)
                for one in bytecode.exception_entries
                if one.start <= step.offset < one.end
            ]
        return found

    return sorted(reached(fixed=True) & reached(fixed=False))


def _jumps(kind: str, value: Any, *, fixed: bool) -> bool | None:
    """Whether a step goes on elsewhere, given the value before it; None where either may be."""
    if dis.opmap.get(kind) not in {*dis.hasjrel, *dis.hasjabs}:
        return False
    if "IF" not in kind:
        return True if kind.startswith("JUMP") else None
    if "NONE" in kind:  # also of an argument: its type says it
        return fixed
    if isinstance(value, (int, float, str, type(None))):
        return bool(value) == ("TRUE" in kind)
    return None if value is UNKNOWN else fixed


def _found(
    code: CodeType, steps: list[Step], values: list[Any], reached: list[int],
    named: Mapping[int, str], compiled: tuple[Any, ...],
) -> Iterator[tuple[int, str]]:  # fmt: skip
    """The line and what it is, of all that does not compile."""
    if code.co_name in INSIDE:
        yield code.co_firstlineno, _none(INSIDE[code.co_name])
        return
    # (*a.shape, 1) is a list on its way to be a tuple
    tuples = any("LIST_TO_TUPLE" in one.argrepr + one.opname for one in dis.get_instructions(code))
    for place in reached:
        step = steps[place]
        made = MADE.get(step.kind)
        if made and not (made == LIST and tuples):
            yield step.line, _none(made)
        stored = [one.kind for one in steps[place + 1 : place + 2]] == ["STORE_FAST"]
        used = step.kind in LOADS and not stored and values[place] is not UNKNOWN
        if used and (said := _of_value(step.what, values[place], named, compiled)):
            yield step.line, said
        if step.what == "array" and steps[place - 1].what in {"shared", "local"}:
            yield from (
                (step.line, f"{name} in the shape of an array, which is to be written as numbers")
                for name in _unknown(code, steps, place)
            )


def _none(what: str) -> str:
    of_math = what.removeprefix("np.")
    same = what != of_math and hasattr(math, of_math) and of_math not in NOT_OF_MATH
    return f"a kernel has no {what}" + (f"; take math.{of_math}" if same else INSTEAD.get(what, ""))


def _of_value(name: Any, value: Any, named: Mapping[int, str], compiled: tuple[Any, ...]) -> str:
    """What is the matter with what a name stands for; empty where nothing is."""
    if isinstance(value, compiled) or value is None:
        return ""
    if id(value) in named:
        return _none(named[id(value)])
    home = str(getattr(value, "__module__", None)).partition(".")[0]
    if isinstance(value, (list, dict, set)):
        return f"{name} is a {type(value).__name__}"
    if isinstance(value, type):
        ours = home in {"builtins", "numpy", "numba"} and value.__name__ != "prange"
        kinds = (enum.Enum, tuple, BaseException)  # gates with names, a namedtuple, what is raised
        return "" if ours or issubclass(value, kinds) else f"{name} is a class"
    if isinstance(value, FunctionType) and home not in {"numba", "numpy"} and not _known(value):
        return f"{name} is a function without @cuda.jit(device=True) above it"
    return ""


def _known(function: FunctionType) -> bool:
    """Whether Numba was told to compile it where it is called, by @register_jitable."""
    templates: Any = sys.modules.get("numba.core.typing.templates")
    return templates is not None and any(
        one is function for one, _ in templates.builtin_registry.globals
    )


def _unknown(code: CodeType, steps: list[Step], place: int) -> Iterator[str]:
    """The sizes of arguments between the name `array` and its call: no numbers in the code."""
    stores = Counter(step.what for step in steps if step.kind == "STORE_FAST")
    arguments = {name for name in code.co_varnames[: code.co_argcount] if not stores[name]}

    def shape(at: int) -> bool:
        """Whether what is there is the shape of an argument."""
        of = steps[at - 1]
        return steps[at].what == "shape" and of.kind == "LOAD_FAST" and of.what in arguments

    sizes: Counter[str] = Counter()
    for at, step in enumerate(steps):
        if step.kind == "UNPACK_SEQUENCE" and shape(at - 1):  # N, H = h.shape
            sizes.update(one.what for one in steps[at + 1 : at + 1 + step.what])
        elif step.kind == "STORE_FAST" and "BINARY" in steps[at - 1].kind and shape(at - 3):
            sizes[step.what] += 1  # H = h.shape[1]
    for at in range(place + 1, len(steps)):
        step = steps[at]
        if step.kind.startswith("CALL"):
            return
        if step.kind == "LOAD_FAST" and 0 < sizes[step.what] == stores[step.what]:
            yield step.what
        elif shape(at) and not steps[at + 1].kind.startswith("CALL"):  # len(x.shape) is known
            yield f"{steps[at - 1].what}.shape"
