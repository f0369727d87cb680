"""A sentence that ends in a line of the student's code, which no screen breaks in two."""

from __future__ import annotations

from typing import NamedTuple


class Ending(NamedTuple):
    """The whole sentence, and the piece at its end."""

    text: str
    piece: str
