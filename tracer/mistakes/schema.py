"""What an entry of ``mistakes.toml`` may say: each key, what may stand there, and what it means.

`reading` holds every file against this table, and docs/mistakes.md is written from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from tracer.equations import CELLS
from tracer.equations.updates import UPDATES

FILE = "mistakes.toml"
"""Beside ``exercise.toml``: the mistakes that an instructor adds for one exercise."""

GROUPS = ("gates", "switches", "states", "orders")
"""What `for_each` may name instead of a list: the gates of a cell, those that are switches, the
states, and every order of the gates but its own."""

NAMES = re.compile(r"[A-Za-z]\w*( [A-Za-z]\w*)*", re.ASCII)


class Key(NamedTuple):
    """One key of an entry."""

    name: str
    fits: Callable[[Any], bool]
    wanted: str
    meaning: str
    default: Any = None
    required: bool = False


def programs() -> tuple[str, ...]:
    """The kinds of cells and of updates."""
    return (*CELLS, *UPDATES)


def _line(most: int) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        short = isinstance(value, str) and value == value.strip() and 0 < len(value) <= most
        return short and value.isprintable()

    return fits


def _id(value: Any) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"[A-Za-z]\w{0,59}", value, re.ASCII))


def _programs(value: Any) -> bool:
    listed = isinstance(value, list) and all(isinstance(name, str) for name in value)
    return listed and 0 < len(value) == len(set(value))


def _one_of(*words: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in words


def _count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= 1_000_000


def _for_each(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    for names, listed in value.items():
        if not NAMES.fullmatch(names):
            return False
        if listed not in GROUPS and not (
            isinstance(listed, list)
            and 0 < len(listed) == len(set(map(str, listed)))
            and all(_line(200)(text) for text in listed)
        ):
            return False
    return True


def _texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


def _replacements(value: Any) -> bool:
    return _texts(value) and bool(value) and all(old and old != new for old, new in value.items())


KEYS = (
    Key("id", _id, "letters, digits and _, at most 60, beginning with a letter",
        "names the mistake in reports that programs read; used once in the file", required=True),
    Key("title", _line(100), "one line of text, 1 to 100 characters",
        "a few words, usually the equation with the change in it", required=True),
    Key("sentence", _line(400), "one line of text, 1 to 400 characters",
        "what a student reads: what the numbers are, then what they should be", required=True),
    Key("programs", _programs, "a list of cells and updates, each once",
        "whose equations it changes; left out: every cell that has these names"),
    Key("kind", _one_of("mistake", "convention"), '"mistake" or "convention"',
        "a convention is right in another system, and is told so", "mistake"),
    Key("over", _one_of("step", "sequence"), '"step" or "sequence"',
        "only for functions that are called for a step, or for whole sequences", ""),
    Key("n", _count, "a whole number", "in how many real files it was seen", 0),
    Key("for_each", _for_each,
        "a table of lists of texts, or " + ", ".join(f'"{group}"' for group in GROUPS),
        "makes a mistake of each value, and of each combination where there are several; `{name}` "
        "in the texts stands for the value", {}),
    Key("stands_for", _texts, "a table of texts",
        "how a word of such a value is written in the equations", {}),
    Key("in_reference", _replacements, "a table of texts, each different from what takes its place",
        "of an exercise with a `reference.py`, in the place of a change of the equations: a text "
        "that stands there once, and what stands in its place", {}),
)  # fmt: skip
"""The keys of an entry besides those of its edits."""
