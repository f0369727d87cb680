"""The equations of the one list as a program: it runs, whole or in part, and it can be edited.

A program is made from the list alone, for any registered kind of cell; nothing is written for one
kind. A mistake is an edit of it, and is run by the same interpreter as the right equations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracer.program.making import program_of
from tracer.program.program import Edit, Program

if TYPE_CHECKING:
    from tracer.program.edit import EDIT_KEYS, edits_in

__all__ = ["EDIT_KEYS", "Edit", "Program", "edits_in", "program_of"]


def __getattr__(name: str) -> Any:
    """The kinds of edit, loaded when they are first used: a right answer is checked without."""
    if name not in ("EDIT_KEYS", "edits_in"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from tracer.program import edit

    return getattr(edit, name)
