"""Machine code on the disk: what is damaged is compiled anew, and what is old is swept away.

Numba's own files are trusted blindly: one empty file ends a program with an error from inside
`pickle`, and one flipped bit in machine code is a number that is wrong, or a crash. Here each
signature of a kernel has one file, which is written whole or not at all and begins with a digest of
the rest. Several processes may write the same file at once, since each one writes all of it.
"""

from __future__ import annotations

import hashlib
import pickle
import re
import secrets
import time
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import llvmlite
import numba
from numba.core.caching import FunctionCache
from numba.core.registry import cpu_target
from numba.core.serialize import dumps

from tracer.errors import TracerWarning
from tracer.language import _

HEAD = f"tracer kernel, numba {numba.__version__}, llvmlite {llvmlite.__version__}\n".encode()
"""The first line of each file: machine code of another Numba is no damage, but of no use."""

OLD = 24 * 60 * 60
"""Seconds after which nobody is writing a file any more, or goes back to an older tracer."""

_HELD = hashlib.sha256().digest_size

# module.function-DIGEST-LINE.pyXY and then .SIGNATURE.nbc; Numba's own names end in .nbi, .1.nbc.
_NAME = re.compile(r"[\w.]+-(?P<digest>[0-9a-f]{12})-\d+\.py\w+\.(nbi|\w+\.nbc)(\.tmp\.\w+)?")


class DamagedError(Exception):
    """A file is not what was written."""


class KeptCode(FunctionCache):  # type: ignore[misc] # Numba has no types
    """The kept machine code of one kernel, in place of Numba's own cache of it.

    Attributes
    ----------
    damaged : list of Path
        Files that could not be used in this process.
    """

    def __init__(self, function: Any) -> None:
        super().__init__(function)
        self.damaged: list[Path] = []

    def signatures(self) -> Iterator[tuple[Any, ...]]:
        """The types of arguments for which whole machine code for this processor is there."""
        codegen = cpu_target.target_context.codegen()
        for path in Path(self._cache_path).glob(f"{self._impl.filename_base}.*.nbc"):
            with suppress(OSError, DamagedError):
                found = _read(path)
                if found is not None and found[0] == self._key(found[0][0], codegen):
                    yield found[0][0]

    def _load_overload(self, signature: Any, target: Any) -> Any:
        """What was kept for this signature; None asks Numba to compile it."""
        if not self._enabled:
            return None
        key = self._key(signature, target.codegen())
        path = self._path(key)
        try:
            found = _read(path)
            if found is None or found[0] != key:
                return None
            return self._impl.rebuild(target, pickle.loads(found[1]))  # noqa: S301 - its digest is right
        except OSError:  # it is not there, or cannot be read: writing it again will tell
            return None
        except Exception:  # noqa: BLE001 - whatever is wrong with it, compiling anew mends it
            self.damaged.append(path)
            _tell(
                "damaged",
                _("the kernel cache in {place} is damaged; what is needed is compiled anew").format(
                    place=path.parent
                ),
            )
            return None

    def _save_overload(self, signature: Any, code: Any) -> None:
        """Keep what was just compiled, if the disk takes it: it works in any case."""
        if not self._enabled or not self._impl.check_cachable(code):
            return
        key = self._key(signature, code.codegen)
        path = self._path(key)
        try:
            self._impl.locator.ensure_cache_path()
            _write(path, key, dumps(self._impl.reduce(code)))
        except OSError as error:
            _tell(
                "not kept",
                _(
                    "compiled kernels could not be kept in {place} ({reason}); "
                    "the next start compiles them again"
                ).format(place=path.parent, reason=error.strerror or error),
            )
        else:
            sweep(path.parent, _digest_of(path))

    def flush(self) -> None:
        """Forget what is kept of this kernel."""
        for path in Path(self._cache_path).glob(f"{self._impl.filename_base}.*.nbc"):
            path.unlink(missing_ok=True)

    def _key(self, signature: Any, codegen: Any) -> tuple[Any, ...]:
        """What the machine code depends on: types (first), processor, bytecode and source."""
        return (*self._index_key(signature, codegen), self._impl.locator.get_source_stamp())

    def _path(self, key: tuple[Any, ...]) -> Path:
        name = hashlib.sha256(repr(key[:-1]).encode()).hexdigest()[:12]  # new source, same file
        return Path(self._cache_path, f"{self._impl.filename_base}.{name}.nbc")


def is_whole(path: Path) -> bool:
    """Whether the file is as it was written."""
    try:
        _read(path)
    except (OSError, DamagedError):
        return False
    return True


def ours(folder: Path) -> Iterator[tuple[Path, str]]:
    """Each file of a kernel in a folder, with the digest of the sources that it came from."""
    with suppress(OSError):
        for path in folder.iterdir():
            name = _NAME.fullmatch(path.name)
            if name:
                yield path, name["digest"]


def sweep(folder: Path, digest: str) -> None:
    """Remove files of older sources, and what a killed process left, once a day has gone by."""
    if folder in _swept:
        return
    _swept.add(folder)
    for path, of in ours(folder):
        with suppress(OSError):
            old = time.time() - path.stat().st_mtime > OLD
            if old and (of != digest or ".tmp." in path.name):
                path.unlink()


def _read(path: Path) -> tuple[tuple[Any, ...], bytes] | None:
    """The key and the code of a file, or None where another Numba wrote it."""
    content = path.read_bytes()
    head = content[: content.find(b"\n") + 1]
    if head != HEAD:
        if head.startswith(b"tracer kernel, "):
            return None
        raise DamagedError
    held, rest = content[len(head) :][:_HELD], content[len(head) + _HELD :]
    if hashlib.sha256(rest).digest() != held:
        raise DamagedError
    key, code = pickle.loads(rest)  # noqa: S301 - its digest is right
    return key, code


def _write(path: Path, key: tuple[Any, ...], code: bytes) -> None:
    rest = dumps((key, code))
    temporary = path.with_name(f"{path.name}.tmp.{secrets.token_hex(4)}")
    try:
        temporary.write_bytes(HEAD + hashlib.sha256(rest).digest() + rest)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _digest_of(path: Path) -> str:
    name = _NAME.fullmatch(path.name)
    return name["digest"] if name else ""


def _tell(what: str, said: str) -> None:
    """Say it once: the next kernel has the same to say."""
    if what not in _told:
        _told.add(what)
        warnings.warn(TracerWarning(said), stacklevel=2)


_swept: set[Path] = set()
_told: set[str] = set()
