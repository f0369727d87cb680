"""A sentence that ends in a line of the student's code, which no screen breaks in two."""

from __future__ import annotations

from typing import NamedTuple

from tracer.exercises.form import Form
from tracer.language import _
from tracer.view.say.words import clean


class Ending(NamedTuple):
    """The whole sentence, and the piece at its end."""

    text: str
    piece: str


def line_of(form: Form, number: int | None) -> list[Ending]:
    """``line 12 of lstm_step.py: z = x @ U``, or of a cell of the notebook."""
    found = form.line(number)
    if found is None:
        return []
    said = _("line {number} of {file}: {code}")
    if found.cell is not None:
        said = _("code cell {cell}, line {number} of {file}: {code}")
    code = clean(found.text.strip()[:200])
    whole = said.format(
        number=found.number, cell=found.cell, file=clean(found.file or form.file), code=code
    )
    return [Ending(whole, code)]
