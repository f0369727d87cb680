"""The exercises that can be used; of each that cannot, a line on standard error says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracer.cli import warn
from tracer.language import _

if TYPE_CHECKING:
    from tracer.exercises.discovery import Found


def usable() -> Found:
    """Every exercise that can be read, and those that are left out.

    Raises
    ------
    FileError
        If there is none.
    """
    from tracer.errors import FileError
    from tracer.exercises.discovery import discover, home

    found = discover()
    for folder, why in found.broken:
        said = _("exercise {name} is left out: {why}")
        warn(said.format(name=folder.name, why=why))
    if not found.good:
        raise FileError(_("no exercise in {folder} can be used").format(folder=home()))
    return found
