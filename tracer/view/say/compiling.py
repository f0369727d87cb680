"""Why Numba cannot compile a function, in words of Python's and not of the compiler's."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from tracer.language import _
from tracer.view.say.words import clean

_ARRAY = re.compile(r"array\((\w+), (\d)d, \w\)")
_WORDS = (
    (re.compile(r"Literal\[\w+\]\(([^()]*)\)"), r"\1"),
    (re.compile(r"UniTuple\((\w+) x (\d+)\)"), r"tuple(\2 × \1)"),
    (re.compile(r"unicode_type"), "str"),
    (re.compile(r"reflected list\((\w+)\)<iv=[^>]*>"), r"list(\1)"),
    (re.compile(r"DictType\[.*?\](?:<iv=[^>]*>)?"), "dict"),
)

_UNSUPPORTED = re.compile(r"Use of unsupported NumPy function '(?P<name>[\w.]+)'")
_FUNCTION = re.compile(r"Untyped global name '(?P<name>\w+)': .*<class 'function'>")
_GLOBAL = re.compile(r"Untyped global name '(?P<name>\w+)': (?P<why>.+)")
_UNIFY = re.compile(r"Cannot unify (?P<one>.+) and (?P<other>.+?) for '(?P<name>\w+)")
_ATTRIBUTE = re.compile(r"Unknown attribute '(?P<name>\w+)' of type (?P<type>.+)")
_UNDEFINED = re.compile(r"NameError: name '(?P<name>\w+)' is not defined")
_NO_SCIPY = re.compile(r"scipy [\d.+]+ is required for linear algebra")
_CALL = re.compile(r"(?P<name>[\w.]+)\((?P<given>.*)\)$")


def not_compiled(facts: Mapping[str, Any]) -> list[str]:
    """What Numba misses, and what to write instead."""
    message = clean(facts["message"])
    first = _("Numba cannot compile your function.")
    if _NO_SCIPY.search(message):
        lines = [
            _("For matrix products (@) and np.linalg it needs scipy, which is not installed here.")
        ]
        if facts.get("nopython"):
            lines.append(_("Write loops over single numbers instead."))
        else:
            lines.append(_("Write loops over single numbers instead, or remove @njit."))
        return [first, *lines]
    for pattern, said in _KNOWN.items():
        found = pattern.search(message)
        if found is not None and not facts["types"]:
            words = {name: in_words(value or "") for name, value in found.groupdict().items()}
            return [first, said().format(**words)]
    called = _CALL.match(clean(facts["types"]))
    lines = [first]
    if called is not None:
        said_of_call = _("It has no {name} for ({given}).")
        lines.append(said_of_call.format(name=called["name"], given=in_words(called["given"])))
    if message:
        lines.append(_("Its reason: {why}").format(why=_sentence(in_words(message))))
    return lines


def in_words(types: str) -> str:
    """Numba's names of types as NumPy and Python have them: ``float64 array with 2 axes``."""
    types = _ARRAY.sub(lambda m: _("{dtype} array with {n} axes").format(dtype=m[1], n=m[2]), types)
    for pattern, instead in _WORDS:
        types = pattern.sub(instead, types)
    return types


def _sentence(text: str) -> str:
    """It ends with a full stop."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


_KNOWN: Mapping[re.Pattern[str], Callable[[], str]] = {
    _UNSUPPORTED: lambda: _(
        "It does not know {name}, or not as it is called here. Write a loop, or use another "
        "function of NumPy's."
    ),
    _FUNCTION: lambda: _(
        "{name} is a function of your own that is not compiled: write @njit above it, too."
    ),
    _GLOBAL: lambda: _(
        "It cannot use {name}, which stands outside the function: {why}. Make it inside, or hand "
        "it over."
    ),
    _UNIFY: lambda: _(
        "{name} is {one} in one place and {other} in another. In compiled code a variable has one "
        "type: use two names, or make it the same in both."
    ),
    _ATTRIBUTE: lambda: _("A value of type {type} has no attribute {name} there."),
    _UNDEFINED: lambda: _("There is no {name}: neither in the function, nor outside of it."),
    re.compile(r"<undecided>"): lambda: _(
        "It cannot tell the type of a value there: of a list, say, in which nothing is yet."
    ),
    re.compile(r"reshape\(\) supports contiguous array only"): lambda: _(
        "reshape needs an array whose numbers lie one after the other, and after .T, a slice or "
        "transpose they do not: put np.ascontiguousarray(…) around that."
    ),
}
"""Reasons of Numba's, and what is said instead."""
