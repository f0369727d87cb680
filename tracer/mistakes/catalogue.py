"""The mistakes of one program: every entry of the catalogue that fits it, filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import permutations, product
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tracer.equations import CELLS, Kind
from tracer.errors import FileError, InputError, UnknownNameError
from tracer.mistakes.reading import GATES, Entry, read, wrong
from tracer.mistakes.records import Mistake
from tracer.mistakes.schema import FILE
from tracer.program import Edit, Program, edits_in

CATALOGUE = Path(__file__).with_name("catalogue.toml")


def mistakes_of(
    program: Program, over: str = "", folder: Path | None = None
) -> tuple[Mistake, ...]:
    """The well-known mistakes that can be made in a program.

    Parameters
    ----------
    program : Program
    over : "", "step" or "sequence"
        How the functions are called; what can only happen in the other way is left out.
    folder : Path, optional
        The folder of an exercise; its own ``mistakes.toml`` comes first, if there is one.

    Raises
    ------
    FileError
        If an entry has something in it that cannot stand there.
    """
    own = folder / FILE if folder is not None else None
    found = []
    if own is not None and own.exists():
        found = [replace(mistake, of_exercise=True) for mistake in _of_file(own, program)]
    found += _packaged(program)
    return tuple(mistake for mistake in found if mistake.over in ("", over) or not over)


@lru_cache(maxsize=16)
def _packaged(program: Program) -> tuple[Mistake, ...]:
    # An entry of this file fits the programs that it names: the tests hold all of them.
    return tuple(_of_file(CATALOGUE, program, known=True))


def _of_file(path: Path, program: Program, *, known: bool = False) -> Iterator[Mistake]:
    for entry in read(path):
        if entry.in_reference:
            raise FileError(
                f"{entry.where}: in_reference is for an exercise with a reference.py; this one has "
                "equations, of which one is changed"
            )
        if not entry.programs or program.name in entry.programs:
            yield from _variants(entry, program, known=known and bool(entry.programs))


def _variants(entry: Entry, program: Program, *, known: bool) -> Iterator[Mistake]:
    """The mistake of each combination of values that fits, unless it is `known` that each does."""
    names = [tuple(names.split()) for names in entry.for_each]
    lists = [_values(listed, program) for listed in entry.for_each.values()]
    for chosen in product(*lists):
        filled: dict[str, str] = {}
        for together, value in zip(names, chosen, strict=True):
            parts = value.split() if len(together) > 1 else [value]
            if len(parts) != len(together):
                raise FileError(
                    f"{entry.where}: for_each: '{value}' gives {len(parts)} values; expected "
                    f"{len(together)}, for {', '.join(together)}"
                )
            filled.update(zip(together, parts, strict=True))
        if len(set(filled.values())) < len(filled):
            continue  # a gate in the place of itself is no mistake
        # A value may name another: "d_{q} * {q}".
        filled = {name: _put_in(value, filled) for name, value in filled.items()}
        edits = _edits(entry, filled)
        if known or _fits(entry, program, edits):
            yield Mistake(
                entry.id, edits, entry.title, entry.sentence,
                MappingProxyType(filled | {GATES: " ".join(program.gates)}),
                ", ".join(filled.values()), entry.kind, entry.over, entry.n,
            )  # fmt: skip


def _edits(entry: Entry, filled: Mapping[str, str]) -> tuple[Edit, ...]:
    """What is changed, with the values put in."""
    written = {name: _written(value, entry, filled) for name, value in filled.items()}
    try:
        return edits_in(_put_in_all(entry.edits, written))
    except (InputError, UnknownNameError) as error:
        raise wrong(entry, error) from error


def _fits(entry: Entry, program: Program, edits: tuple[Edit, ...]) -> bool:
    """Whether the program has what is changed. An entry of every cell need not fit each."""
    try:
        program.edited(edits)
    except (InputError, UnknownNameError) as error:
        if entry.programs:
            raise wrong(entry, error) from error
        return False
    return True


def _values(listed: Any, program: Program) -> list[str]:
    return _GROUPS[listed](program) if isinstance(listed, str) else list(listed)


def _switches(program: Program) -> list[str]:
    cell = CELLS.get(program.name)
    return [gate for gate in program.gates if cell and cell[gate].kind is Kind.SWITCH]


def _orders(program: Program) -> list[str]:
    return [" ".join(o) for o in permutations(program.gates) if o != tuple(program.gates)]


_GROUPS = {
    "gates": lambda program: list(program.gates),
    "switches": _switches,
    "states": lambda program: list(CELLS[program.name].state) if program.name in CELLS else [],
    "orders": _orders,
}


def _written(value: str, entry: Entry, filled: Mapping[str, str]) -> str:
    """A value as the equations write it; longer words before the shorter ones in them."""
    words = {
        _put_in(word, filled): _put_in(text, filled) for word, text in entry.stands_for.items()
    }
    if not words:
        return value
    ordered = sorted(words, key=len, reverse=True)
    anything = "|".join(
        (r"(?<!\w)" if word[0].isalnum() else "")
        + re.escape(word)
        + (r"(?!\w)" if word[-1].isalnum() else "")
        for word in ordered
    )
    return re.sub(anything, lambda found: words[found.group()], value)


def _put_in(text: str, filled: Mapping[str, str]) -> str:
    for name, value in filled.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _put_in_all(value: Any, filled: Mapping[str, str]) -> Any:
    """The same with the values put into every text of it."""
    if isinstance(value, str):
        return _put_in(value, filled)
    if isinstance(value, dict):
        return {_put_in(k, filled): _put_in_all(v, filled) for k, v in value.items()}
    return value
