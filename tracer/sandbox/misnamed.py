"""Which name was meant where one was not found; runs in the child.

Python makes such a suggestion itself, but only when it prints an exception. A letter that stands
alone is no slip of the finger here: who writes ``z_f`` does not mean ``z_i``. Like `runner`, this
file is copied beside the student's and imports the standard library only.
"""

from __future__ import annotations

import ast
import builtins
import linecache
import re
import sys
from collections.abc import Collection, Iterable
from types import FrameType, ModuleType, TracebackType
from typing import Any

CLOSE = 0.75
"""How alike two names are at least, as `difflib` counts."""

SHORTEST = 3
"""Fewer letters begin too many names."""

USUAL = {"np": "import numpy as np", "nb": "import numba as nb"}

_IMPORTED = re.compile(r"cannot import name '(\w+)'")


def meant(error: BaseException, packages: Collection[str]) -> dict[str, str]:
    """What was meant, as far as the names that there are tell it.

    Parameters
    ----------
    error : BaseException
    packages : collection of str
        What an answer may import beside Python's own library.

    Returns
    -------
    dict
        ``near`` is a name that there is, or empty; ``missing`` an import that is not there.
    """
    try:
        return _meant(error, packages)
    except BaseException:  # noqa: BLE001 - whatever the student's own values did when looked at
        return {"near": "", "missing": ""}


def _meant(error: BaseException, packages: Collection[str]) -> dict[str, str]:
    near = missing = ""
    if type(error) is NameError:
        near, missing = _unknown(str(error.name), error.__traceback__, packages)
    elif type(error) is AttributeError:
        if type(error.obj) is dict and error.name in error.obj:
            near = f"[{error.name!r}]"
        elif str(error).endswith(f"'{error.name}'"):  # else it says by itself what to do
            near = nearest(error.name, dir(error.obj))
    elif type(error) is KeyError:
        near = nearest(error.args[0], _keys(error.__traceback__))
        near = repr(near) if near else ""
    elif type(error) is ModuleNotFoundError:
        near = nearest(error.name, packages) or nearest(error.name, sys.stdlib_module_names)
    elif type(error) is ImportError:
        found = _IMPORTED.match(str(error))
        near = nearest(found[1], dir(sys.modules[error.name])) if found and error.name else ""
    return {"near": near, "missing": missing}


def _unknown(name: str, trace: TracebackType | None, packages: Collection[str]) -> tuple[str, str]:
    """What was meant by a variable that there is not, or the import that is missing.

    What is wanted of the name tells which it may be: of ``time.time()`` only what has a ``time``,
    of ``sigma(z)`` only what can be called.
    """
    frame, behind = _last(trace), _failed(trace)[1].lstrip()
    values = {**vars(builtins), **frame.f_globals, **frame.f_locals}
    wanted = re.match(r"\.\s*(\w+)", behind)
    if wanted:
        alias = [n for n, v in values.items() if _is_module(v) and v.__name__ == name]
        near = alias[0] if alias else nearest(name, _with_attribute(values, wanted[1]))
        known = name in packages or name in sys.stdlib_module_names
        return near, "" if near else USUAL.get(name, f"import {name}" if known else "")
    called, own = behind.startswith("("), _bound(frame)
    fit = [
        other
        for other, value in values.items()
        if not _is_module(value)
        and (callable(value) if called else not callable(value) or other in own)
    ]
    near = nearest(name, fit)
    if called and not near:
        near = _cut_short(name, [other for other in fit if other in own])
    known = name in packages and not near
    return near, "" if near else USUAL.get(name, f"import {name}" if known else "")


def _is_module(value: Any) -> bool:
    return type(value) is ModuleType


def _with_attribute(values: dict[str, Any], attribute: str) -> list[str]:
    """The names of what has it, as far as that is known without running anything of it."""
    from inspect import getattr_static

    missing = object()
    return [n for n, v in values.items() if getattr_static(v, attribute, missing) is not missing]


def _bound(frame: FrameType) -> set[str]:
    """The names to which the student's own code gives a value; none that is only imported."""
    found = set(frame.f_locals)
    source = "".join(linecache.getlines(frame.f_code.co_filename))
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef(name) | ast.ClassDef(name):
                found.add(name)
            case ast.Name(name, ast.Store()):
                found.add(name)
    return found


def nearest(name: Any, known: Iterable[Any]) -> str:
    """The name that is most like one that is not there; empty if none is like it.

    Examples
    --------
    >>> nearest("prev_h", ["h_prev", "c_prev"])
    'h_prev'
    >>> nearest("d_z_f", ["d_z_i", "d_z"])
    ''
    """
    from difflib import SequenceMatcher, get_close_matches

    if not isinstance(name, str):
        return ""
    names = [str(one) for one in known if isinstance(one, str) and one != name]
    if not name.startswith("_"):
        names = [one for one in names if not one.startswith("_")]
    alike = [one for one in names if _joined(one) == _joined(name) or _words(one) == _words(name)]
    if alike:
        return max(alike, key=lambda one: SequenceMatcher(None, name, one).ratio())
    names = [one for one in names if not _another(name, one)]
    turned = [one for one in names if _turned(name, one)]
    if turned:
        return turned[0]
    return next(iter(get_close_matches(name, names, 1, CLOSE)), "")


def _cut_short(name: str, known: Iterable[str]) -> str:
    """The student's own function that was called by a longer name: ``sig`` by ``sigmod``."""
    found = [one for one in known if len(one) >= SHORTEST and name.startswith(one)]
    return max(found, key=len, default="") if name.isalpha() else ""


def _turned(name: str, other: str) -> bool:
    """Whether two letters beside each other change places: ``tahn`` is no ``tan``."""
    differ = [n for n, (a, b) in enumerate(zip(name, other, strict=False)) if a != b]
    if len(name) != len(other) or len(differ) != len("ab") or differ[1] != differ[0] + 1:
        return False
    first, second = differ
    return (name[first], name[second]) == (other[second], other[first])


def _joined(name: str) -> str:
    """A name without its underlines and capitals."""
    return name.replace("_", "").lower()


def _words(name: str) -> list[str]:
    """Its words, in whatever order they stand."""
    return sorted(name.lower().split("_"))


def _another(name: str, other: str) -> bool:
    """Whether two names differ in a letter that stands alone, so that each is a name of its own."""
    parts, others = name.split("_"), other.split("_")
    differ = [(a, b) for a, b in zip(parts, others, strict=False) if a != b]
    return len(parts) == len(others) and any(len(a) == len(b) == 1 for a, b in differ)


def _last(trace: TracebackType | None) -> FrameType:
    """Where an exception was raised."""
    assert trace is not None
    while trace.tb_next is not None:
        trace = trace.tb_next
    return trace.tb_frame


def _failed(trace: TracebackType | None) -> tuple[str, str]:
    """The expression that failed, and what stands behind it in its line."""
    frame, at = _last(trace), trace
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    assert at is not None
    code = frame.f_code
    first, end, left, right = list(code.co_positions())[at.tb_lasti // 2]
    assert first is not None
    lines = [line.encode() for line in linecache.getlines(code.co_filename)[first - 1 : end]]
    behind = lines[-1][right:]
    lines[-1] = lines[-1][:right]
    lines[0] = lines[0][left:]
    return " ".join(line.decode().strip() for line in lines), behind.decode()


def _keys(trace: TracebackType | None) -> list[Any]:
    """The keys of the dict in which one was looked for, in brackets."""
    node = ast.parse(f"({_failed(trace)[0]})", mode="eval").body
    value = _held(node.value, _last(trace)) if isinstance(node, ast.Subscript) else None
    return list(value) if type(value) is dict else []


def _held(node: ast.expr, frame: FrameType) -> Any:
    """What a name holds, or an entry of a plain dict or list; None of what would have to be run."""
    match node:
        case ast.Constant(value):
            return value
        case ast.Name(name):
            return frame.f_locals[name] if name in frame.f_locals else frame.f_globals[name]
        case ast.Subscript(inner, index):
            value, key = _held(inner, frame), _held(index, frame)
            plain = type(value) in (dict, list, tuple) and type(key) in (str, int)
            return value[key] if plain else None
        case _:
            return None
