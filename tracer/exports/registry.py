"""The one list of formats: the files of `tracer.exports.formats`."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from tracer.exports import formats

if TYPE_CHECKING:
    from tracer.exports.format import BoxFormat, ClassFormat


def names() -> list[str]:
    """Every format by its name; none is loaded for it."""
    return sorted(module.name for module in iter_modules(formats.__path__))


def format_named(name: str) -> ClassFormat | BoxFormat:
    """The format of that name, which is one of `names`."""
    found: ClassFormat | BoxFormat = import_module(f"{formats.__name__}.{name}").FORMAT
    return found
