"""An autograder as one zip archive: its scripts, its settings, tracer, and own exercises."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from tracer.errors import InputError
from tracer.exercises.discovery import home
from tracer.exercises.earlier import all_used
from tracer.exercises.exercise import Exercise
from tracer.exports.format import BoxFormat
from tracer.exports.settings import FILE, OWN, Settings
from tracer.exports.wheel import is_kept, wheel
from tracer.language import _


def are_own(exercises: Sequence[Exercise]) -> bool:
    """Whether they are an instructor's, and not those that are part of tracer."""
    return any(one.folder.parent != home() for one in exercises)


def packed(form: BoxFormat, settings: Settings, exercises: Sequence[Exercise]) -> bytes:
    """The archive.

    Raises
    ------
    InputError
        If students could read in it what they are to find out.
    FileError
        If tracer cannot be packed.
    """
    own = exercises if are_own(exercises) else []
    known = {one.name: one for e in own for one in (e, *all_used(e))}
    if form.public:
        for one in known.values():
            if one.reference is not None:
                said = _(
                    "exercise {name} has a {file} with right answers, and students can read what "
                    "is packed for {to}"
                )
                raise InputError(
                    said.format(name=one.name, file=one.reference.name, to=settings.to)
                )
    made = wheel()
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        for name, text in form.scripts.items():
            _add(archive, name, text.encode(), runs=text.startswith("#!"))
        inside = f"{form.folder}/" if form.folder else ""
        _add(archive, inside + FILE, settings.as_text().encode())
        # An image is built from what lies at the root.
        _add(archive, made.name, made.contents, packed_already=True)
        for one in known.values():
            for path in sorted(one.folder.rglob("*")):
                within = path.relative_to(one.folder.parent)
                if path.is_file() and not is_kept(within.parts):
                    name = f"{inside}{OWN}/{within.as_posix()}"
                    _add(archive, name, path.read_bytes())
    return stream.getvalue()


def _add(
    archive: ZipFile, name: str, contents: bytes, *, runs: bool = False,
    packed_already: bool = False,
) -> None:  # fmt: skip
    """Add a file, which can be run if it is a script; without a time."""
    entry = ZipInfo(name)
    entry.create_system = 3  # Unix: the rights below are those of there
    entry.external_attr = (0o100755 if runs else 0o100644) << 16
    archive.writestr(entry, contents, ZIP_STORED if packed_already else ZIP_DEFLATED)
