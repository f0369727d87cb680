"""How a kernel is compiled, and how its machine code is kept without ever going stale."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import njit
from numba.core.dispatcher import Dispatcher

from tracer.kernels.cpu.kept import KeptCode

Function = TypeVar("Function", bound=Callable[..., Any])

_PACKAGE = Path(__file__).parents[2]
SOURCES = (
    _PACKAGE / "cells" / "activations.py",  # the order of the activations is in the machine code
    *(
        source
        for room in ("cpu", "learning")
        for source in sorted(_PACKAGE.glob(f"kernels/{room}/*.py"))
    ),
)
"""The files that compiled code comes from."""

DIGEST = hashlib.sha256(b"".join(source.read_bytes() for source in SOURCES)).hexdigest()[:12]

KERNELS: list[Dispatcher] = []
"""Every compiled function of the modules that were imported."""


def compiled(function: Function) -> Function:
    """Compile `function` when it is first called, and keep the machine code for the next time.

    Numba names a kept file after the function and does not notice that another file changed
    from which the function takes compiled code. So the name gets a digest of all of them: whoever
    changes any line asks for a file that is not there yet.

    ``error_model="numpy"`` lets loops with a division vectorise; ``nogil`` lets several threads
    each run a share of the batch. There is no ``fastmath``: every operation is the one that is
    written, so a number does not depend on its place in the batch or on how a loop was vectorised.
    """
    function.__qualname__ = f"{function.__qualname__}-{DIGEST}"
    made = njit(error_model="numpy", nogil=True)(function)
    if isinstance(made, Dispatcher):  # NUMBA_DISABLE_JIT leaves the function as it is
        with suppress(RuntimeError):  # no folder where this user may keep machine code
            cast("Any", made)._cache = KeptCode(function)  # noqa: SLF001 - Numba's own place
        KERNELS.append(made)
    return cast("Function", made)


def keeps() -> bool:
    """Whether this user has a folder where machine code can be kept."""
    return any(map(kept, KERNELS))


def kept(kernel: Any) -> KeptCode | None:
    """The machine code that is kept of a kernel; None for one that is not compiled, or not kept."""
    cache = getattr(kernel, "_cache", None)
    return cache if isinstance(cache, KeptCode) else None


def inlined(function: Function) -> Function:
    """Copy `function` into every kernel that calls it: a few lines that are not worth a call."""
    return cast("Function", njit(inline="always")(function))
