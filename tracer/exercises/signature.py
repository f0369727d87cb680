"""Signatures: ``lstm_step(x, h_prev, c_prev, U, W, a) -> h, c``, and of a class with methods."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from tracer.errors import InputError

_NAME = re.compile(r"[A-Za-z]\w{0,59}", re.ASCII)

FORM = "lstm_step(x, h_prev, c_prev) -> h, c, or of a class: Cell(U, W, a).step(x, h_prev) -> h"


@dataclass(frozen=True, slots=True)
class Signature:
    """What is called, with what, and what it gives back.

    Attributes
    ----------
    function : str
        Its name; of a method with its class, ``"LSTMCell.step"``.
    made_with : tuple of str or None
        The arguments with which the object is made; None where there is none to make, for a plain
        function and for a method of an object that was made before.
    arguments, returns : tuple of str
    """

    function: str
    made_with: tuple[str, ...] | None
    arguments: tuple[str, ...]
    returns: tuple[str, ...]


def parse(text: str) -> Signature:
    """The signature that a text writes.

    Raises
    ------
    InputError
        If it is none, and what in it is not.
    """
    call, arrow, returned = text.partition("->")
    if not arrow or not returned.strip():
        raise InputError(f"it does not say what is returned, after ->; expected {FORM}")
    try:
        left = ast.parse(call.strip(), mode="eval").body
        right = ast.parse(returned.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise InputError(f"it cannot be read; expected {FORM}") from None
    made_with: tuple[str, ...] | None = None
    match left:
        case ast.Call(ast.Name(name), arguments, []):
            function = _named(name)
        case ast.Call(ast.Attribute(ast.Name(cls), method), arguments, []):
            function = f"{_named(cls)}.{_named(method)}"
        case ast.Call(ast.Attribute(ast.Call(ast.Name(cls), made, []), method), arguments, []):
            function, made_with = f"{_named(cls)}.{_named(method)}", _names(made)
        case _:
            raise InputError(f"'{call.strip()}' is no call; expected {FORM}")
    returns = _names(right.elts if isinstance(right, ast.Tuple) else [right])
    signature = Signature(function, made_with, _names(arguments), returns)
    for names in ((*(made_with or ()), *signature.arguments), returns):
        for name in names:
            if names.count(name) > 1:
                raise InputError(f"'{name}' stands in it twice; expected each name once")
    return signature


def _names(nodes: list[ast.expr]) -> tuple[str, ...]:
    return tuple(
        _named(node.id if isinstance(node, ast.Name) else ast.unparse(node)) for node in nodes
    )


def _named(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise InputError(
            f"'{text}' is no name; expected letters of English, digits and _, as h_prev"
        )
    return text
