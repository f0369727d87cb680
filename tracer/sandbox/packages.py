"""What an answer may import beside Python's own library, as far as it is installed."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

LIBRARIES = ("numpy", "scipy", "numba")
"""What a student may be told about."""

_NEEDED = {"numba": ("llvmlite",)}


@cache
def installed() -> tuple[str, ...]:
    """Those of `LIBRARIES` that can be imported here."""
    return tuple(name for name in LIBRARIES if _folder(name) is not None)


def parts() -> tuple[Path, ...]:
    """The folders of exactly these packages, and of the libraries that they bring."""
    found = []
    for folder in _folders():
        # Wheels keep the shared libraries of numpy/ in numpy.libs/ beside it.
        found += [folder, folder.with_name(f"{folder.name}.libs")]
    return tuple(filter(Path.is_dir, found))


def expose(place: Path) -> list[str]:
    """Make these packages importable from the folder `place`, by links to them.

    Returns
    -------
    list of str
        The folders to import from: `place`, or, where the system allows no links, all folders
        in which the packages are installed, whatever else lies there.
    """
    try:
        place.mkdir()
        for part in parts():
            (place / part.name).symlink_to(part, target_is_directory=True)
    except OSError:
        return list(dict.fromkeys(str(folder.parent) for folder in _folders()))
    return [str(place)]


def _folders() -> list[Path]:
    names = [part for name in installed() for part in (name, *_NEEDED.get(name, ()))]
    return [folder for folder in map(_folder, names) if folder is not None]


def _folder(name: str) -> Path | None:
    spec = find_spec(name)
    return Path(spec.origin).parent if spec is not None and spec.origin is not None else None
