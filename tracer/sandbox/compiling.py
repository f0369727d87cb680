"""Numba for an answer that must compile, and what it says of what it cannot; runs in the child.

Its message is long: the way through the compiler, the source around, every candidate that does not
fit. A student needs the reason, which comes first, and the line. Like `runner`, this file is copied
beside the student's and imports the standard library only.

The compiler is taken before any of the student's code runs: what that code puts in the place of
``numba.njit`` compiles nothing, and switching it off there changes nothing. What was compiled is
called itself, and not what Numba would call for it.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
import traceback
from collections.abc import Callable, Mapping
from functools import partial
from types import BuiltinFunctionType, FunctionType
from typing import Any

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_HEAD = re.compile(r"Failed in \w+ mode pipeline.*")
_PLACE = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+)')
_WITHIN = re.compile(
    r"(?:TypingError|NumbaTypeError|UnsupportedError|NumbaValueError): (?P<why>.+)"
)
_CALLED = re.compile(r">>> (?P<call>.+)")
_GENERAL = "No implementation of function"
_NO_SCIPY = re.compile(r"scipy [\d.+]+ is required for linear algebra")


def taken(plan: Mapping[str, Any]) -> Callable[[Any], Any] | None:
    """The `compiler`, where a function of the plan must compile; importing Numba takes a while.

    It compiles also where the environment has Numba switched off: whoever debugs with
    ``NUMBA_DISABLE_JIT=1`` would be told that Numba compiles what it never saw.
    """
    if not any(call["nopython"] for check in plan["checks"] for call in check["calls"]):
        return None
    if plan["watch"] is None:  # else it runs as Python, line by line
        os.environ["NUMBA_DISABLE_JIT"] = "0"
    refuse_python()
    return compiler()


def compiler() -> Callable[[Any], Any]:
    """What compiles a function, or what was compiled of one: Numba as it is now.

    Where its compiler is switched off, it is Python that is called.
    """
    try:
        numba: Any = importlib.import_module("numba")
    except ImportError as error:
        return partial(_fail, error)  # it is told where the answer would be compiled
    njit, typeof, off = numba.njit, numba.typeof, bool(numba.config.DISABLE_JIT)
    kind: Any = importlib.import_module("numba.core.registry").CPUDispatcher
    make, compiled = kind.__init__, kind.compile

    def machine_code(function: Any) -> Callable[..., Any]:
        function = getattr(function, "py_func", function)
        if off or type(function) is not FunctionType:
            plain: Callable[..., Any] = njit(function)  # or it says what is wrong with it
            return plain
        made = kind.__new__(kind)
        make(made, function, targetoptions={"nopython": True})

        def call(*given: Any) -> Any:
            whole = _with_defaults(function, given)
            entry = compiled(made, tuple(map(typeof, whole)))
            if type(entry) is not BuiltinFunctionType:
                raise TypeError("what is called is no machine code")
            return entry(*whole)

        return call

    return machine_code


def _with_defaults(function: FunctionType, given: tuple[Any, ...]) -> tuple[Any, ...]:
    """All that a function takes; what it says itself of its signature may be anything."""
    defaults = function.__defaults__ or ()
    left = function.__code__.co_argcount - len(given)
    return (*given, *defaults[-left:]) if 0 < left <= len(defaults) else given


def refuse_python() -> None:
    """Compile no call of Python from now on: no ``with objmode():``, and no function of ctypes'.

    That goes for every function that an answer calls, too.
    """
    try:
        contexts: Any = importlib.import_module("numba.core.withcontexts")
        dispatcher: Any = importlib.import_module("numba.core.dispatcher")
        foreign: Any = importlib.import_module("numba.core.typing.ctypes_utils")
        unsupported: Any = importlib.import_module("numba.core.errors").UnsupportedError
    except ImportError:
        return

    def refused(_context: Any, _whole: Any, blocks: Any, first: int, *_given: Any) -> Any:
        raise unsupported("lines under objmode are not compiled", blocks[first].loc)

    def no_lines(*_given: Any, **_named: Any) -> Any:  # also if the other module is loaded anew
        raise unsupported("lines under objmode are not compiled")

    def no_function(*_given: Any) -> Any:
        raise unsupported("a function of ctypes' is not compiled")

    type(contexts.objmode_context).mutate_with_body = refused
    dispatcher.ObjModeLiftedWith.__init__ = no_lines
    foreign.make_function_type = no_function


def _fail(error: Exception, _function: Any) -> Any:
    raise error


def plain(module: Any, name: str) -> bool:
    """Whether this function of the student's is plain Python, with nothing that compiles it."""
    return type(getattr(module, name, None)) is FunctionType


def uncompiled(error: BaseException, own: Callable[[str, int], int | None]) -> dict[str, Any]:
    """The reason, and the line of the student's own; nothing of another exception.

    Parameters
    ----------
    error : BaseException
    own : callable
        The line of the student's own, of a file as Numba names it and a number; None of any other.

    Returns
    -------
    dict
        ``numba`` is True, ``message`` the reason, in Numba's words; ``types`` what was called with
        values of which types, where that is the reason, and else empty.
    """
    try:
        if _NO_SCIPY.fullmatch(str(error)) and isinstance(error, ImportError):
            place = _compiled_at(error, own)
            return {} if place is None else {"numba": True, "types": "", "line": place}
        if not type(error).__module__.startswith("numba."):
            return {}
        text = _COLOURS.sub("", str(error))
        lines = [line.strip() for line in text.split("\n")]
        said = [line for line in lines if line and not _HEAD.fullmatch(line)]
        reason = next((line.lstrip("- ") for line in said), "")
        call = _CALLED.search(text) if reason.startswith(_GENERAL) else None
        if call is not None:
            within = _WITHIN.search(text)
            reason = within["why"] if within is not None else ""
        places = (own(found["file"], int(found["line"])) for found in _PLACE.finditer(text))
        line = next((place for place in places if place is not None), None)
        facts = {"numba": True, "message": reason, "types": "" if call is None else call["call"]}
        return facts if line is None else facts | {"line": line}
    except BaseException:  # noqa: BLE001 - whatever the student's own exception did when looked at
        return {}


def _compiled_at(error: BaseException, own: Callable[[str, int], int | None]) -> int | None:
    """The line of the student's own that Numba was compiling; its own errors name it."""
    found = None
    for frame, _line in traceback.walk_tb(error.__traceback__):
        place: Any = getattr(frame.f_locals.get("self"), "loc", None)
        if type(place) is getattr(sys.modules.get("numba.core.ir"), "Loc", ()):
            found = own(place.filename, place.line) or found
    return found
