"""What stands at a path, taken in: for the tests of intake and of archives."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from tracer.errors import FileError
from tracer.exercises.discovery import discover
from tracer.gradebook.handed import HandedIn, LeftOut
from tracer.gradebook.intake import handed_in

EXERCISES = discover().good


LSTM_STEP = next(e for e in EXERCISES if e.number == "22")


Told = tuple[str, str, str]


def intake(path: Path, *, only: bool = False) -> tuple[list[HandedIn], list[LeftOut]]:
    """What is handed in at a path, and what is left out of it."""
    found = list(handed_in(path, EXERCISES, LSTM_STEP if only else None))
    handed = [one for one in found if isinstance(one, HandedIn)]
    return handed, [one for one in found if isinstance(one, LeftOut)]


def told(path: Path, *, only: bool = False) -> list[Told]:
    """Who handed in what, for which exercise."""
    handed, _left = intake(path, only=only)
    return sorted((h.student.key, h.exercise, h.source.decode()) for h in handed)


def laid(root: Path, files: dict[str, str]) -> Path:
    """Python files in a folder, by their paths without the ending."""
    for path, text in files.items():
        place = (root / path).with_suffix(".py")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    return root


def packed(path: Path, files: dict[str, bytes]) -> Path:
    """An archive with these files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def in_archives(files: dict[str, bytes]) -> dict[str, bytes]:
    """The same files; what lies below ``….zip/`` is packed into that archive."""
    found: dict[str, bytes] = {}
    inner: dict[str, dict[str, bytes]] = {}
    for name, data in files.items():
        archive, ending, below = name.partition(".zip/")
        if ending:
            inner.setdefault(f"{archive}.zip", {})[below] = data
        else:
            found[name] = data
    for name, below_it in inner.items():
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as packed_again:
            for one, data in in_archives(below_it).items():
                packed_again.writestr(one, data)
        found[name] = stream.getvalue()
    return found


def whatever(path: Path) -> tuple[list[HandedIn], list[LeftOut]] | str:
    """What is handed in, or the sentence why nothing is."""
    try:
        return intake(path)
    except FileError as error:
        return str(error)
