"""What ``exercise.toml`` may say: each key, what may stand there, and what it means.

`reading` holds every file against these tables, and docs/exercise-toml.md is written from them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Protocol

from tracer.equations import CELLS, CellEquations

FOLDER_NAME = re.compile(r"\d\d_[a-z][a-z0-9_]*")
"""A number, which gives the order, and the name of the student's file: ``22_lstm_step``."""


class Wanted(Protocol):
    """A kind of value; as text it says what may stand there."""

    def fits(self, value: Any) -> bool:
        """Whether this value may stand there."""
        ...


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within bounds."""

    least: int
    most: int

    def fits(self, value: Any) -> bool:  # noqa: D102 - as `Wanted` says
        return type(value) is int and self.least <= value <= self.most

    def __str__(self) -> str:
        return f"a whole number from {self.least} to {self.most}"


@dataclass(frozen=True, slots=True)
class Positive:
    """A number above 0."""

    most: float

    def fits(self, value: Any) -> bool:  # noqa: D102
        return type(value) in (int, float) and 0 < value <= self.most

    def __str__(self) -> str:
        return f"a number above 0 and at most {self.most:g}"


@dataclass(frozen=True, slots=True)
class YesNo:
    """A switch."""

    def fits(self, value: Any) -> bool:  # noqa: D102
        return type(value) is bool

    def __str__(self) -> str:
        return "true or false"


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few words."""

    choices: tuple[str, ...]

    def fits(self, value: Any) -> bool:  # noqa: D102
        return isinstance(value, str) and value in self.choices

    def __str__(self) -> str:
        return " or ".join(f'"{choice}"' for choice in self.choices)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text."""

    most: int

    def fits(self, value: Any) -> bool:  # noqa: D102
        short = isinstance(value, str) and value == value.strip() and 0 < len(value) <= self.most
        return short and value.isprintable()

    def __str__(self) -> str:
        return f"one line of text, 1 to {self.most} characters"


@dataclass(frozen=True, slots=True)
class Function:
    """A name that Python allows."""

    def fits(self, value: Any) -> bool:  # noqa: D102
        from keyword import iskeyword

        named = isinstance(value, str) and re.fullmatch(r"[A-Za-z]\w{0,59}", value, re.ASCII)
        return bool(named) and not iskeyword(value)

    def __str__(self) -> str:
        return 'the name of a Python function, as "lstm_step"'


@dataclass(frozen=True, slots=True)
class Names:
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


@dataclass(frozen=True, slots=True)
class Folders:
    """A list of exercises."""

    def fits(self, value: Any) -> bool:  # noqa: D102
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            return False
        return len(set(value)) == len(value) and all(map(FOLDER_NAME.fullmatch, value))

    def __str__(self) -> str:
        return 'a list of folders of exercises, each once, as ["10_rnn_step"], or an empty list'


@dataclass(frozen=True, slots=True)
class Tables:
    """Several tables under one name, ``[[checks]]``."""

    most: int

    def fits(self, value: Any) -> bool:  # noqa: D102
        tables = isinstance(value, list) and all(isinstance(entry, dict) for entry in value)
        return tables and 1 <= len(value) <= self.most

    def __str__(self) -> str:
        return f"1 to {self.most} tables [[checks]]"


@dataclass(frozen=True, slots=True)
class Sizes:
    """A table of sizes."""

    def fits(self, value: Any) -> bool:  # noqa: D102
        return isinstance(value, dict)

    def __str__(self) -> str:
        return "a table of sizes, as { N = 3, D = 5, H = 4 }"


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the file. Without `default` it must be there."""

    name: str
    wanted: Wanted
    meaning: str
    default: Any = None

    @property
    def required(self) -> bool:
        """Whether the file must have it."""
        return self.default is None


def inputs(cell: CellEquations) -> tuple[str, ...]:
    """What a function can be called with: what one step reads, and the parameters."""
    return ("x", *(f"{name}_prev" for name in cell.state), *(p.name for p in cell.parameters))


def returns(cell: CellEquations) -> tuple[str, ...]:
    """What it can be asked for: every quantity (N, H) that the textbook's step computes."""
    return tuple(
        q.name for q in cell if q.equation and q.level and q.dims == ("step", "batch", "unit")
    )


def exercise_keys(cell: CellEquations) -> tuple[Key, ...]:
    """The keys of the file."""
    return (
        Key("title", Line(80), "the heading of its README and its line in `tracer list`"),
        Key("cell", OneOf(tuple(CELLS)), "whose equations the answer is compared with"),
        Key("function", Function(), "what the student writes"),
        Key("inputs", Names(inputs(cell), 1),
            "its arguments, in order; x and every parameter must be among them"),
        Key("returns", Names(returns(cell), 1), "what it returns, in order"),
        Key("needs", Folders(), "the exercises that come before it", ()),
        Key("checks", Tables(20), "what is checked, from simple to hard"),
    )  # fmt: skip


def check_keys(given: tuple[str, ...]) -> tuple[Key, ...]:
    """The keys of one ``[[checks]]`` of an exercise with these inputs."""
    return (
        Key("name", Line(40), "a short name, used once in the file; its hints stand under it"),
        Key("title", Line(100), "the line that a student sees"),
        Key("points", Whole(1, 100), "what the check is worth"),
        Key("sizes", Sizes(), "how large the arrays are"),
        Key("zero", Names(given), "inputs that are all zero; the others are random", ()),
        Key("scale", Positive(10_000), "a factor for every other row of x", 1.0),
        Key("dtype", OneOf(("float64", "float32")), "the dtype of every input", "float64"),
        Key("calls", Whole(1, 10), "how often the function is called, with new numbers each time",
            1),
        Key("inputs_kept", YesNo(), "whether changing an input is a mistake here", default=False),
    )  # fmt: skip


SIZES = (
    Key("N", Whole(1, 64), "sentences in the batch"),
    Key("D", Whole(1, 64), "inputs, the numbers of one word"),
    Key("H", Whole(1, 64), "hidden units"),
    Key("T", Whole(1, 64),
        "steps: one call for each, and the state that a call returns goes into the next", 1),
)  # fmt: skip
"""The keys of `sizes`. Only with T is the function called for a sequence."""

MOST_ARRAYS, MOST_NUMBERS = 4000, 4_000_000
"""What all checks of one exercise may send to the student's process, and have sent back."""
