"""The compiled kernels on the disk: where they are, whether they are whole, and how they go."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import tracer.kernels
from tracer.kernels.cpu.jit import DIGEST, KERNELS, kept
from tracer.kernels.cpu.kept import is_whole, ours

ROOM = 1_000_000
"""Bytes that a folder must take, to keep the largest kernel there is."""


@dataclass(frozen=True, slots=True)
class CacheReport:
    """The kernel cache of this installation.

    Attributes
    ----------
    place : Path or None
        The folder of the machine code, or the one above its folders; None where there is none.
    problem : str
        Why nothing more can be kept there, in the words of the system; empty if it can.
    kernels, size : int
        How many compiled kernels this version finds there, and their bytes.
    damaged : int
        How many more it finds that are not as they were written.
    """

    place: Path | None
    problem: str
    kernels: int
    size: int
    damaged: int


def cache_report() -> CacheReport:
    """Look at every kept kernel of this version. Compiles none, and loads none."""
    folders = _folders()
    files = [path for folder in folders for path, of in ours(folder) if of == DIGEST]
    whole = [path for path in files if is_whole(path)]
    return CacheReport(
        place=Path(os.path.commonpath(folders)) if folders else None,
        problem=next(filter(None, map(_problem, folders)), ""),
        kernels=len(whole),
        size=sum(path.stat().st_size for path in whole),
        damaged=len(files) - len(whole),
    )


@dataclass(frozen=True, slots=True)
class Cleared:
    """What was removed: how many files, their bytes, and what could not be (name and reason)."""

    files: int
    size: int
    left: tuple[str, ...]


def clear_cache() -> Cleared:
    """Remove every kept kernel of this installation, of this version and of older ones."""
    files, size, left = 0, 0, []
    for folder in _with_old_rooms(_folders()):
        for path, _of in ours(folder):
            try:
                bytes_of = path.stat().st_size
                path.unlink()
            except OSError as error:
                left.append(f"{path}: {error.strerror or error}")
            else:
                files, size = files + 1, size + bytes_of
    return Cleared(files, size, tuple(left))


def _folders() -> list[Path]:
    """Where Numba keeps the machine code of each file with kernels."""
    for module in walk_packages(tracer.kernels.__path__, "tracer.kernels."):
        import_module(module.name)
    codes = [code for code in map(kept, KERNELS) if code is not None]
    return sorted({Path(code.cache_path) for code in codes})


def _with_old_rooms(folders: list[Path]) -> list[Path]:
    """Where kernels are kept beside the code, every such folder: they may have moved house."""
    package = Path(tracer.__file__).parent
    beside = any(package in folder.parents for folder in folders)
    return sorted({*folders, *(package.rglob("__pycache__") if beside else ())})


def _problem(folder: Path) -> str:
    """Try to write there; a full disk may still take an empty file."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(ROOM))
    except OSError as error:
        return error.strerror or str(error)
    return ""
