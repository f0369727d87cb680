"""Reads the entries of a ``mistakes.toml``, and says what in it cannot stand there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any

from tracer.errors import FileError, TracerError, UnknownNameError
from tracer.mistakes.schema import KEYS, programs
from tracer.program import EDIT_KEYS
from tracer.storage import tomlfile
from tracer.storage.tomlfile import written

GATES, GATE = "gates", "gate"
"""What stands for a cell's gates in every sentence, and what `each_gate` puts in itself."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One ``[[mistakes]]``, as it stands in the file.

    Attributes
    ----------
    where : str
        The file and the entry, for errors.
    id, title, sentence, kind, over : str
    programs : tuple of str
        Empty: every cell that has the names.
    n : int
    for_each : mapping
        Names, one or several in a word, and the values or the group that they stand for.
    stands_for : mapping
    in_reference : mapping
        Texts of a reference, and what takes their places.
    edits : mapping
        The keys of its edits, before anything is put in.
    """

    where: str
    id: str
    title: str
    sentence: str
    programs: tuple[str, ...]
    kind: Any
    over: Any
    n: int
    for_each: Mapping[str, Any]
    stands_for: Mapping[str, str]
    in_reference: Mapping[str, str]
    edits: Mapping[str, Any]


def read(path: Path) -> tuple[Entry, ...]:
    """The entries of one file.

    Raises
    ------
    FileError
        If not every key has a value that may stand there. It names the file, the entry, the key,
        what stands there and what may.
    """
    found = tomlfile.read(path)
    for name in found:
        if name != "mistakes":
            raise FileError(f"{path}: {UnknownNameError('key', name, ['mistakes'])}")
    tables = found.get("mistakes")
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise FileError(f"{path}: expected tables [[mistakes]], one for each mistake")
    entries: dict[str, Entry] = {}
    for n, table in enumerate(tables, 1):
        entry = _entry(path, n, table)
        if entry.id in entries:
            raise FileError(f"{entry.where}: this id is taken; expected another for each mistake")
        entries[entry.id] = entry
    return tuple(entries.values())


def _entry(path: Path, n: int, table: Mapping[str, Any]) -> Entry:
    named = table.get("id")
    where = f"{path}, mistake {n}" + (f" ({named})" if isinstance(named, str) else "")
    known = [key.name for key in KEYS]
    for name in table:
        if name not in (*known, *EDIT_KEYS):
            raise FileError(f"{where}: {UnknownNameError('key', name, (*known, *EDIT_KEYS))}")
    values = {}
    for key in KEYS:
        value = table.get(key.name, key.default)
        if key.name not in table:
            if key.required:
                raise FileError(f"{where}: '{key.name}' is missing; expected {key.wanted}")
        elif not key.fits(value):
            raise FileError(f"{where}: {key.name} = {written(value)}; expected {key.wanted}")
        values[key.name] = value
    for name in values["programs"] or ():
        if name not in programs():
            raise FileError(f"{where}: programs: {UnknownNameError('program', name, programs())}")
    edits = {name: value for name, value in table.items() if name in EDIT_KEYS}
    if not edits and not values["in_reference"]:
        keys = ", ".join((*EDIT_KEYS, "in_reference"))
        raise FileError(f"{where}: nothing is changed; expected one of {keys}")
    values["programs"] = tuple(values["programs"] or ())
    entry = Entry(where=where, edits=edits, **values)
    _placeholders(entry)
    return entry


def _placeholders(entry: Entry) -> None:
    """Every ``{name}`` in its texts has something that is put in."""
    known = [name for names in entry.for_each for name in names.split()]
    if GATE in known and "each_gate" in entry.edits:
        raise FileError(f"{entry.where}: for_each cannot use the name 'gate' beside each_gate")
    texts = {"title": (entry.title, *known), "sentence": (entry.sentence, *known, GATES)}
    for key, (text, *allowed) in texts.items():
        for name in _named(f"{entry.where}: {key}", text):
            if name not in allowed:
                known_here = allowed or ["none: there is no for_each"]
                unknown = UnknownNameError("name", f"{{{name}}}", known_here)
                raise FileError(f"{entry.where}: {key}: {unknown}")


def _named(where: str, text: str) -> Iterator[str]:
    try:
        for _, name, form, conversion in Formatter().parse(text):
            if name is None:
                continue
            if not name.isidentifier() or form or conversion:
                raise FileError(f"{where}: {{{name}}} is no name of for_each; write {{{{ for a {{")
            yield name
    except ValueError:
        raise FileError(f"{where}: a brace without its other; write {{{{ for a {{") from None


def wrong(entry: Entry, error: TracerError) -> FileError:
    """An edit that cannot be read, or does not fit its program, as an error of the file."""
    return FileError(f"{entry.where}: {error}")
