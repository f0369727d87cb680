"""What functions of a session reach: functions of their own, and those of other modules."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Iterable, Iterator
from types import CodeType, ModuleType
from typing import Any, TypeAlias

Names: TypeAlias = dict[str, Any]
"""The global names of a module."""


def plain(function: object) -> Any:
    """What stands within a decorator of Numba's or of functools, or within a partial call."""
    while isinstance(function, functools.partial):
        function = function.func
    return inspect.unwrap(getattr(function, "py_func", function))  # type: ignore[arg-type]


def code_of(function: object) -> CodeType | None:
    """The code of a function, also within a decorator of Numba's; of a class that of a method."""
    function = plain(function)
    if isinstance(function, type):
        own = (code_of(method) for method in vars(function).values() if inspect.isfunction(method))
        return next((code for code in own if code is not None), None)
    if not hasattr(function, "__code__"):  # an object that can be called
        function = vars(type(function)).get("__call__")
    code = getattr(function, "__code__", None)
    return code if isinstance(code, CodeType) else None


def reached(functions: Iterable[object]) -> Iterator[Any]:
    """Each function, and those of the same module that it calls, in any depth."""
    waiting, seen = list(functions), set()
    while waiting:
        function = plain(waiting.pop(0))
        if id(function) in seen:
            continue
        seen.add(id(function))
        if isinstance(function, type):
            waiting += [f for f in vars(function).values() if inspect.isfunction(f)]
        yield function
        own = getattr(function, "__module__", None)
        waiting += [o for _, o in used(function) if getattr(o, "__module__", "") == own]


def used(function: object) -> Iterator[tuple[str, object]]:
    """The global names in a function's code with what they are; also a module that it imports."""
    code, around = code_of(function), home(function)
    for name in () if code is None else _names(code):
        if name in around:
            yield name, around[name]
        elif name in sys.modules:
            yield name, sys.modules[name]


def _names(code: CodeType) -> Iterator[str]:
    """The names in it and in the functions within it, which a comprehension may be."""
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)


def home(value: object) -> Names:
    """The names of the module that a function, class or object that can be called is defined in.

    Of a module its own.
    """
    if isinstance(value, ModuleType):
        return vars(value)
    inner = plain(value) if callable(value) else None
    if isinstance(inner, type):
        inner = next((f for f in vars(inner).values() if inspect.isfunction(f)), None)
    if not hasattr(inner, "__globals__"):  # an object that can be called
        inner = vars(type(inner)).get("__call__")
    names = getattr(inner, "__globals__", None)
    return names if isinstance(names, dict) else {}
