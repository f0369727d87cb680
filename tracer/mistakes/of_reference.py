"""Mistakes of an exercise with a reference: a text in it, and what a wrong answer has there."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from tracer.errors import FileError
from tracer.mistakes.reading import read
from tracer.mistakes.records import Mistake
from tracer.mistakes.schema import FILE
from tracer.storage.packed import read_reference
from tracer.storage.tomlfile import written


class WrongReference(NamedTuple):
    """A mistake, and the reference with it in."""

    mistake: Mistake
    source: str


def wrong_references(reference: Path) -> tuple[WrongReference, ...]:
    """The mistakes that ``mistakes.toml`` beside a reference describes; none without that file.

    Raises
    ------
    FileError
        If an entry has something in it that cannot stand there.
    """
    path = reference.with_name(FILE)
    if not path.exists():
        return ()
    text = read_reference(reference).decode("utf-8")
    found = []
    for entry in read(path):
        if entry.edits or entry.for_each or entry.kind != "mistake":
            raise FileError(
                f"{entry.where}: there are no equations where a reference says what is right; "
                "expected id, title, sentence and in_reference only"
            )
        source = text
        for old, new in entry.in_reference.items():
            if (often := text.count(old)) != 1:
                raise FileError(
                    f"{entry.where}: in_reference: {written(old)} stands {often} times in "
                    f"{reference.name}; expected once"
                )
            source = source.replace(old, new)
        mistake = Mistake(entry.id, (), entry.title, entry.sentence, n=entry.n, of_exercise=True)
        found.append(WrongReference(mistake, source))
    return tuple(found)
