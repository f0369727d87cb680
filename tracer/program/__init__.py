"""The equations of the one list as a program: it runs, whole or in part, and it can be edited.

A program is made from the list alone, for any registered kind of cell; nothing is written for one
kind. A mistake is an edit of it, and is run by the same interpreter as the right equations.
"""

from __future__ import annotations

from tracer.program.edit import EDIT_KEYS, Edit, edits_in
from tracer.program.making import program_of
from tracer.program.program import Program

__all__ = ["EDIT_KEYS", "Edit", "Program", "edits_in", "program_of"]
