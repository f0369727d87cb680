"""The versions of what computes a trace, read when somebody looks: that takes longer than a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from tracer import __version__


@cache
def versions() -> dict[str, str]:
    """The versions by name; to be left as they are."""
    import platform
    from importlib.metadata import version

    found = {name: version(name) for name in ("numpy", "numba")}
    return {"tracer": __version__, "python": platform.python_version(), **found}


class _Versions(Mapping[str, str]):
    def __getitem__(self, name: str) -> str:
        return versions()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(versions())

    def __len__(self) -> int:
        return len(versions())

    def __reduce__(self) -> tuple[Any, ...]:
        """Out of a pickle come the versions that went in, as a dictionary."""
        return dict, (dict(self),)


VERSIONS: Mapping[str, str] = _Versions()
"""Those of this process, to be kept with each trace that it makes."""
