"""Which package compiles for the card, and why; and whether there is a card that it can use.

`numba.cuda` is the name under which three packages were looked at (November 2026):

``numba-cuda`` (taken; the extra ``cuda``)
    NVIDIA's own, now in maintenance until the end of CUDA 13. It has the simulator, under which
    every test of these kernels runs on machines without a card, and cooperative launches.
``numba-cuda-mlir`` (its successor)
    Compiles the same Python, but has no simulator: without a card nothing could be tested. Once it
    has one, the import below is the line that changes.
Numba's own ``numba.cuda``
    Deprecated, and not used with a card. Its simulator is the same, so whoever develops tracer
    runs the tests without installing anything for CUDA.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from functools import cache, cached_property
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np
from numba import config, cuda, float32, float64

from tracer.errors import InputError

SIMULATED = bool(config.ENABLE_CUDASIM)
"""Whether ``NUMBA_ENABLE_CUDASIM=1`` has the processor play the card, one thread at a time."""

if SIMULATED:
    from tracer.kernels.cuda.simulator import mend

    mend()

REAL = {"float32": float32, "float64": float64}

VECTOR = 16
"""Bytes of shared memory that a thread reads at once, if they begin at such a place."""

THREAD = 1023
"""A thread's place in its block is ``threadIdx.x & THREAD``: as nothing else says that it is not
negative, every index made of it would be looked at as one that could count from the end."""

LEAST_CAPABILITY, LEAST_DRIVER = (7, 5), (13, 0)
"""What CUDA 13 asks of a card and of its driver."""


class Card(NamedTuple):
    """What the choice of a kernel depends on."""

    name: str
    processors: int
    registers: int
    threads: int


PLAYED = Card("simulator", processors=2, registers=65536, threads=1024)


def on_card(function: Callable[..., Any]) -> Any:
    """A function that kernels call."""
    return cuda.jit(function, device=True)


STREAM = 1
"""The one on which everything is done, and which waits for what was begun on the others.

It is the legacy default stream by its own number, `CU_STREAM_LEGACY`. 0 would be that one too, but
where `CUDA_PYTHON_CUDA_PER_THREAD_DEFAULT_STREAM` is set, each thread's own: a trace read in
another thread than the one that computes it could then be read too early, and memory that one
thread drops be handed out again while another's kernel still writes to it.
"""


class Kernel:
    """A kernel for blocks of at most so many threads, which share the registers among them.

    There is no ``fastmath``: it would make tanh an approximation, and a NaN anything. Nor does the
    linker compile it anew: what runs is what `tests/ptx` looks at.

    Numba would look anew at each launch at what kind of thing each argument is, which takes longer
    than a short run: a kernel is compiled for its signature, here, and takes numbers and addresses.

    Attributes
    ----------
    function, signature
        What is compiled, and for which types.
    bounds : (int, int)
        For how many threads at most, of which so many blocks have to find registers at once.
    """

    def __init__(
        self, function: Callable[..., Any], signature: Any, threads: int, blocks: int = 1
    ) -> None:
        self.function, self.signature, self.bounds = function, signature, (threads, blocks)

    @cached_property
    def _made(self) -> Any:
        if SIMULATED:
            return cuda.jit(self.function)
        made = cuda.jit(self.signature, launch_bounds=self.bounds, lto=False)(self.function)
        (compiled,) = made.overloads.values()
        return compiled

    @cached_property
    def _entry(self) -> tuple[Callable[..., None], Any, Callable[..., Any], Any]:
        from cuda.core import LaunchConfig, Stream, launch

        compiled = self._made
        shape = cache(
            lambda blocks, threads: LaunchConfig(
                grid=blocks, block=threads, is_cooperative=bool(compiled.cooperative)
            )
        )
        code = compiled._codelibrary.get_cufunc()  # noqa: SLF001 - as Numba's own launch has it
        return launch, Stream.from_handle(STREAM), shape, code.kernel

    def blocks_at_once(self) -> int:
        """How many blocks can be on the card together, as a barrier over all of them needs."""
        if SIMULATED:
            return 1
        return int(self._made.max_cooperative_grid_blocks(self.bounds[0]))

    def start(self, blocks: tuple[int, ...], threads: int, *arguments: Any) -> None:
        """Have it run.

        Parameters
        ----------
        blocks : (int, int, int)
        threads : int
            Of each block.
        arguments : int, tuple of int, or Numbers
            As the signature has them; numbers that lie on the card go in as they lie.
        """
        if SIMULATED:
            taken = [getattr(argument, "argument", argument) for argument in arguments]
            with warnings.catch_warnings():  # there a NaN is a result, as on a card
                warnings.filterwarnings("ignore", "(invalid|overflow|divide)", RuntimeWarning)
                self._made[blocks, threads](*taken)
            return
        launch, stream, shape, code = self._entry
        flat: list[int] = []
        for argument in arguments:
            if type(argument) is int:
                flat.append(argument)
            elif type(argument) is tuple:
                flat += argument
            else:
                flat.append(argument.address)
        launch(stream, shape(blocks, threads), code, *flat)


@cache
def driver() -> Any:
    """The functions of the card's driver, as CUDA's own package names them."""
    from cuda.bindings import driver as functions

    return functions


def asked(answer: tuple[Any, ...]) -> Any:
    """What a function of the driver gave, or an `InputError` with what it said was wrong."""
    error, *given = answer
    if error:
        raise InputError(f"the card does not do what it was asked to: {error.name}")
    return given[0] if given else None


@cache
def card_number() -> int:
    """The card that is used, the one that was chosen first, as the driver counts them."""
    return int(cuda.get_current_device().id)


def free_memory() -> int:
    """Bytes of the card that nobody uses."""
    return int(cuda.current_context().get_memory_info()[0])


@cache
def trouble() -> str:
    """Why no card can be used, and what to do; empty where one can."""
    if SIMULATED:
        return ""
    if find_spec("numba_cuda") is None:
        return "the package numba-cuda is not installed; pip install 'rnn-tracer[cuda]'"
    if os.environ.get("NUMBA_DISABLE_CUDA", "0") != "0":
        return "NUMBA_DISABLE_CUDA is set; unset it"
    if not hasattr(np, "row_stack"):
        return f"numba-cuda does not work with NumPy {np.__version__} yet; pip install 'numpy<2.5'"
    if not cuda.is_available():
        return (
            "no NVIDIA card with a working driver was found; if there is one, nvidia-smi has to "
            "list it: install or update its driver"
        )
    try:
        found = cuda.get_current_device()
        capability = tuple(found.compute_capability)
        version = tuple(cuda.cudadrv.driver.driver.get_version())
    except Exception as error:  # noqa: BLE001 - each driver fails in its own way
        reason = " ".join(str(error).split()) or type(error).__name__
        return f"the driver does not answer ({reason}); restart it, or update it"
    if version < LEAST_DRIVER:
        return (
            f"the driver knows CUDA {_dotted(version)} and {_dotted(LEAST_DRIVER)} is needed; "
            "update the driver"
        )
    if capability < LEAST_CAPABILITY:
        return (
            f"{_text(found.name)} has compute capability {_dotted(capability)} and "
            f"{_dotted(LEAST_CAPABILITY)} is needed; take a newer card"
        )
    return ""


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _text(name: str | bytes) -> str:
    return name.decode() if isinstance(name, bytes) else str(name)


def check_ready() -> None:
    """Raise an `InputError` that says what to do, where no card can be used."""
    if why := trouble():
        raise InputError(f"device 'cuda' cannot be used here: {why}. Or leave it at device='cpu'")
    enter()


def enter() -> None:
    """Make the card that is used this thread's, if it has none yet.

    Raises
    ------
    InputError
        If another card is this thread's: memory and kernels belong to one.
    """
    if SIMULATED:
        return
    error, number = driver().cuCtxGetDevice()
    if error:  # a thread that has none yet
        cuda.current_context(card_number())
    elif int(number) != card_number():
        raise InputError(
            f"card {int(number)} has been chosen in this thread, and tracer has begun on card "
            f"{card_number()}; it uses one in a process, so choose that one again"
        )


@cache
def card() -> Card:
    """The card that is used."""
    if SIMULATED:
        return PLAYED
    found = cuda.get_current_device()
    return Card(
        _text(found.name), int(found.MULTIPROCESSOR_COUNT),
        int(found.MAX_REGISTERS_PER_BLOCK), int(found.MAX_THREADS_PER_BLOCK),
    )  # fmt: skip
