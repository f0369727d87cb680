"""Compiles a kernel for a card that is not here, and links it as it is linked on one.

`make test-ptx` installs what that needs: the compiler (NVVM) and the linker (nvJitLink) of CUDA,
which run without a card.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import numba.cuda.dispatcher
import nvidia
from cuda.bindings import nvjitlink
from numba import cuda

from tracer.kernels.cuda.package import Kernel

ARCHITECTURES = ((7, 5), (8, 0), (9, 0), (10, 0))
"""Turing, Ampere, Hopper and Blackwell, the oldest and the newest that CUDA 13 compiles for."""

EVERY = int(os.environ.get("TRACER_EVERY", "1"))
"""With more than 1, a share of the kernels for each kind of card, each card with another share."""


class Linked(NamedTuple):
    """What a kernel takes of a processor, for each thread and each block."""

    registers: int
    stack: int
    shared: int


def ptx_of(kernel: Kernel, cc: tuple[int, int]) -> str:
    """The PTX of a kernel."""
    # A function that a kernel calls is compiled for the card that is here; there is none.
    numba.cuda.dispatcher.get_current_device = lambda: SimpleNamespace(compute_capability=cc)
    text, _ = cuda.compile_ptx(
        kernel.function, kernel.signature, cc=cc, launch_bounds=kernel.bounds
    )
    return str(text)


def linked(ptx: str, cc: tuple[int, int]) -> Linked:
    """Make machine code of it, with the barrier of a cooperative launch in its place."""
    handle = nvjitlink.create(2, [f"-arch=sm_{cc[0]}{cc[1]}", "-verbose"])
    try:
        code = ptx.encode()
        nvjitlink.add_data(handle, nvjitlink.InputType.PTX, code, len(code), "kernel")
        nvjitlink.add_file(handle, nvjitlink.InputType.LIBRARY, str(_runtime()))
        nvjitlink.complete(handle)
        said = bytearray(nvjitlink.get_info_log_size(handle))
        nvjitlink.get_info_log(handle, said)
    finally:
        nvjitlink.destroy(handle)
    found = re.search(
        r"properties for '_ZN6tracer.*?used (\d+) registers.*?(\d+) stack, (\d+) bytes smem",
        said.decode(),
        re.DOTALL,
    )
    assert found, said.decode()
    return Linked(*map(int, found.groups()))


def _runtime() -> Path:
    """The library that has the barrier over a grid."""
    return next(place for root in nvidia.__path__ for place in Path(root).rglob("libcudadevrt.a"))
