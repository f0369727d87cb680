"""What Python's own message means where it does not say so: Python 2, tabs, signs from a page."""

from __future__ import annotations

import re

from tracer.exercises.form import Form
from tracer.language import _

_ON_LINE = re.compile(r"\bon line (\d+)")

_PYTHON_2 = {"xrange": "range", "raw_input": "input", "unicode": "str", "long": "int"}
"""Names that Python 3 has not, and what they are called in it."""

_MISSED = re.compile(r"name '(?P<name>\w+)' is not defined")

_INDENTED = re.compile(rb"^(?P<by>[ \t]+)\S", re.MULTILINE)


def about_python(form: Form, name: str, message: str) -> list[str]:
    """What an exception of this name and these words is about, if that can be said better."""
    if name == "TabError" or (name == "IndentationError" and _mixed(form.program)):
        return [_("Tabs and spaces are mixed here. Indent every line with 4 spaces, and no tab.")]
    if name == "SyntaxError" and message.startswith("Missing parentheses in call to"):
        return [_("That is Python 2. Since Python 3, print is a function: print(x)")]
    if name == "SyntaxError" and message.startswith("multiple exception types must be"):
        return [_("In Python 2 that was except A, e; it is: except A as e")]
    if name == "SyntaxError" and message.startswith("invalid ") and "U+" in message:
        return [_("Was it copied from a page or a PDF? Type that sign anew.")]
    if name == "NameError":
        missed = _MISSED.match(message)
        where = form.guarded.get(missed["name"]) if missed else None
        if where is not None:
            said = _(
                'It has a value only inside if __name__ == "__main__": (line {line}), which does '
                "not run here. Move that out, to the left margin."
            )
            return [said.format(line=where.number)]
        for old, new in _PYTHON_2.items():
            if message.startswith(f"name '{old}' "):
                return [_("That is Python 2. In Python 3 it is {new}.").format(new=new)]
    return []


def in_own_lines(form: Form, message: str) -> str:
    """The message, with a line of the program that it names as the line of the student's file."""

    def own(found: re.Match[str]) -> str:
        line = form.line(int(found[1]))
        if line is None or line.cell is None:
            return found[0]
        said = _("in code cell {cell}, line {line}")
        return said.format(cell=line.cell, line=line.number)

    return _ON_LINE.sub(own, message)


def _mixed(program: bytes) -> bool:
    """Whether some lines are indented with tabs and others with spaces."""
    indents = [found["by"] for found in _INDENTED.finditer(program)]
    return any(b"\t" in by for by in indents) and any(b" " in by for by in indents)
