"""The kinds of value that stand in ``exercise.toml``; as text each says what may stand there."""

from __future__ import annotations

import re
from typing import Any, NamedTuple, Protocol

from tracer.exercises.axes import LETTER

FOLDER_NAME = re.compile(r"[0-9]{2}_[a-z][a-z0-9_]*")
"""A number, which gives the order, and the name of the student's file: ``22_lstm_step``."""


class Wanted(Protocol):
    """A kind of value; as text it says what may stand there."""

    def fits(self, value: Any) -> bool:
        """Whether this value may stand there."""
        ...


class Whole(NamedTuple):
    """A whole number within bounds."""

    least: int
    most: int

    def fits(self, value: Any) -> bool:  # noqa: D102 - as `Wanted` says
        return type(value) is int and self.least <= value <= self.most

    def __str__(self) -> str:
        return f"a whole number from {self.least} to {self.most}"


class Positive(NamedTuple):
    """A number above 0."""

    most: float

    def fits(self, value: Any) -> bool:  # noqa: D102
        return type(value) in (int, float) and 0 < value <= self.most

    def __str__(self) -> str:
        return f"a number above 0 and at most {self.most:g}"


class Number(NamedTuple):
    """Any number that is one."""

    least: float = -1e9
    most: float = 1e9

    def fits(self, value: Any) -> bool:  # noqa: D102
        return type(value) in (int, float) and self.least <= value <= self.most

    def __str__(self) -> str:
        return f"a number from {self.least:g} to {self.most:g}"


class YesNo(NamedTuple):
    """A switch."""

    def fits(self, value: Any) -> bool:  # noqa: D102
        return type(value) is bool

    def __str__(self) -> str:
        return "true or false"


class OneOf(NamedTuple):
    """One of a few words."""

    choices: tuple[str, ...]

    def fits(self, value: Any) -> bool:  # noqa: D102
        return isinstance(value, str) and value in self.choices

    def __str__(self) -> str:
        return " or ".join(f'"{choice}"' for choice in self.choices)


class Line(NamedTuple):
    """One line of text."""

    most: int

    def fits(self, value: Any) -> bool:  # noqa: D102
        short = isinstance(value, str) and value == value.strip() and 0 < len(value) <= self.most
        return short and value.isprintable()

    def __str__(self) -> str:
        return f"one line of text, 1 to {self.most} characters"


class Names(NamedTuple):
    """A list of names, each once."""

    choices: tuple[str, ...]
    least: int = 0

    def fits(self, value: Any) -> bool:
        """Whether it is such a list; `reading` suggests another name where one is not a choice."""
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            return False
        return len(set(value)) == len(value) >= self.least

    def __str__(self) -> str:
        empty = "" if self.least else ", or an empty list"
        return f"a list of some of {', '.join(self.choices)}, each once{empty}"


class Folders(NamedTuple):
    """A list of exercises."""

    def fits(self, value: Any) -> bool:  # noqa: D102
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            return False
        return len(set(value)) == len(value) and all(map(FOLDER_NAME.fullmatch, value))

    def __str__(self) -> str:
        return 'a list of folders of exercises, each once, as ["10_rnn_step"], or an empty list'


class Tables(NamedTuple):
    """Several tables under one name, ``[[checks]]``."""

    name: str
    most: int

    def fits(self, value: Any) -> bool:  # noqa: D102
        tables = isinstance(value, list) and all(isinstance(entry, dict) for entry in value)
        return tables and 1 <= len(value) <= self.most

    def __str__(self) -> str:
        return f"1 to {self.most} tables [[{self.name}]]"


class Size(NamedTuple):
    """How long an axis is: a number, the least and the most, or another size."""

    most: int = 64

    def fits(self, value: Any) -> bool:  # noqa: D102
        if isinstance(value, list):
            numbers = len(value) == 2 and all(type(number) is int for number in value)
            return numbers and 1 <= value[0] <= value[1] <= self.most
        if isinstance(value, str):
            return bool(LETTER.fullmatch(value))
        return type(value) is int and 1 <= value <= self.most

    def __str__(self) -> str:
        return (
            f"a whole number from 1 to {self.most}, the least and the most, as [2, 4], "
            'or the letter of another size, as "H"'
        )


class LayoutText(NamedTuple):
    """A layout, or a table of layouts, which is a dict."""

    def fits(self, value: Any) -> bool:
        """Whether it may be one; `functions` reads it."""
        if isinstance(value, dict):
            names = all(re.fullmatch(r"[A-Za-z0-9_]{1,40}", key) for key in value)
            return bool(value) and names and all(map(self.fits, value.values()))
        return isinstance(value, str) and 0 < len(value) <= 1000

    def __str__(self) -> str:
        return 'a layout, as "U.T", or a table of layouts, as { Wf = "W_f", bf = "a_f[H, 1]" }'


class Table(NamedTuple):
    """A table of names, each with a value of one kind."""

    inner: Wanted
    example: str

    def fits(self, value: Any) -> bool:  # noqa: D102
        return isinstance(value, dict)

    def __str__(self) -> str:
        return f"a table, as {self.example}"


class Changes(NamedTuple):
    """Edits of the equations, as the catalogue of mistakes writes them."""

    def fits(self, value: Any) -> bool:  # noqa: D102
        if not isinstance(value, list) or not 1 <= len(value) <= 10:
            return False
        return all(isinstance(entry, dict) and entry for entry in value)

    def __str__(self) -> str:
        return 'a list of edits, as [{ change = { d_c = "d_c_from_h" } }, { order = "i f o g" }]'
