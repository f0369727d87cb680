"""The tracer that is running, as a wheel: what is installed elsewhere grades as it does here."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import tracer
from tracer.errors import FileError
from tracer.exercises.discovery import home
from tracer.language import _
from tracer.storage.packed import packed, read_reference

NAME = "rnn_tracer"

_EXERCISES = "tracer/handouts"
"""Where the exercises lie in a wheel."""

_REFERENCE = "reference.py"
"""What says which numbers are right, where no equations do."""

_SAID = ("METADATA", "entry_points.txt", "licenses/LICENSE")
"""What the installed one says of itself, and the copy says again."""

_WHEEL = "Wheel-Version: 1.0\nGenerator: tracer\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


class Wheel(NamedTuple):
    """Its file name, and its bytes."""

    name: str
    contents: bytes


def wheel(*, for_students: bool = False) -> Wheel:
    """Make it of the files of the package and of its exercises; the same files give the same bytes.

    Parameters
    ----------
    for_students : bool
        Whether references are packed: the wheel lies among a student's files.

    Raises
    ------
    FileError
        If tracer runs without being installed, so that nothing says what it needs.
    """
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        installed = distribution(NAME.replace("_", "-"))
    except PackageNotFoundError as error:
        said = _("tracer is not installed here, only run: install it with pip first")
        raise FileError(said) from error
    about = f"{NAME}-{installed.version}.dist-info"
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        record = [
            _added(archive, name, _contents(name, path, packs=for_students))
            for name, path in _files()
        ]
        for name in _SAID:
            text = installed.read_text(name)
            if text is not None:
                record.append(_added(archive, f"{about}/{name}", text.encode()))
        record.append(_added(archive, f"{about}/WHEEL", _WHEEL.encode()))
        listed = "".join(f"{line}\n" for line in [*record, f"{about}/RECORD,,"])
        _added(archive, f"{about}/RECORD", listed.encode())
    return Wheel(f"{NAME}-{installed.version}-py3-none-any.whl", stream.getvalue())


def _files() -> Iterator[tuple[str, Path]]:
    """Every file of the package by its name in the wheel; the exercises lie inside it there."""
    package = Path(tracer.__file__).parent
    for top, root in (("tracer", package), (_EXERCISES, home())):
        for path in sorted(root.rglob("*")):
            within = path.relative_to(root).parts
            name = "/".join((top, *within))
            if (
                path.is_file()
                and not is_kept(within)
                and not (top == "tracer" and name.startswith(f"{_EXERCISES}/"))
            ):
                yield name, path


def _contents(name: str, path: Path, *, packs: bool) -> bytes:
    if packs and name.startswith(f"{_EXERCISES}/") and path.name == _REFERENCE:
        return packed(read_reference(path))
    return path.read_bytes()


def is_kept(within: tuple[str, ...]) -> bool:
    """Whether a file is none of the author's: what Python, Numba or an editor has put there."""
    return any(part == "__pycache__" or part.startswith(".") for part in within)


def _added(archive: ZipFile, name: str, contents: bytes) -> str:
    """Add a file without a time; what the record says of it."""
    entry = ZipInfo(name)
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, contents, ZIP_DEFLATED)
    digest = base64.urlsafe_b64encode(hashlib.sha256(contents).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(contents)}"
