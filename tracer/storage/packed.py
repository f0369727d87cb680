"""A reference as it goes to students: packed, so that nobody reads it by accident.

It is no secret. Whoever checks an answer at home has there what says which numbers are right.
"""

from __future__ import annotations

import base64
import zlib
from pathlib import Path

_PACKED = b"# What is right, packed; tracer unpacks it.\n# "


def packed(source: bytes) -> bytes:
    """A file that says what a reference says, and that nobody can read as it stands."""
    return _PACKED + base64.b64encode(zlib.compress(source, 9)) + b"\n"


def read_reference(path: Path) -> bytes:
    """The source of a reference, packed or not."""
    found = path.read_bytes()
    if not found.startswith(_PACKED):
        return found
    return zlib.decompress(base64.b64decode(found[len(_PACKED) :]))
