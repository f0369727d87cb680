"""Numba's simulator of a CUDA card, for an answer that writes kernels; runs in the child.

The processor plays each thread of a block, so no card is needed. Whether it does is settled when
Numba is imported, so that happens here, before any of the student's code. Like `runner`, this file
is copied beside the student's and imports the standard library only.
"""

from __future__ import annotations

import importlib
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any

STACK = 2**19
"""Bytes of stack of a thread that plays one of a card's; there are hundreds of them."""


POLL = 0.0005
"""Seconds between two looks at whether a thread waits for the others."""


AS_ON_A_CARD = (
    "shape", "strides", "ndim", "size", "dtype", "itemsize", "nbytes", "T", "transpose", "reshape",
    "view", "item",
)  # fmt: skip
"""What an array has in a kernel."""


OF_A_COMPILER = (
    "forceinline", "launch_bounds", "lineinfo", "lto", "max_registers", "shared_memory_carveout",
)  # fmt: skip
"""Options of `cuda.jit` that change no number, and that the simulator does not know."""


OF_NUMPY = {
    "acos": "arccos", "acosh": "arccosh", "asin": "arcsin", "asinh": "arcsinh", "atan": "arctan",
    "atanh": "arctanh", "cos": "cos", "cosh": "cosh", "exp": "exp", "exp2": "exp2",
    "expm1": "expm1", "fmod": "fmod", "log": "log", "log10": "log10", "log1p": "log1p",
    "log2": "log2", "pow": "power", "sin": "sin", "sinh": "sinh", "sqrt": "sqrt", "tan": "tan",
    "tanh": "tanh",
}  # fmt: skip
"""Functions of `math` that a kernel can call, and NumPy's of the same value."""


def simulate(refuse: Callable[..., None]) -> Any:
    """Have ``from numba import cuda`` give the simulator from now on, and give its kernels.

    Nothing without Numba. Before a launch `refuse` looks whether a card could compile the kernel.
    """
    os.environ["NUMBA_ENABLE_CUDASIM"] = "1"
    os.environ["NUMBA_DISABLE_JIT"] = "0"  # else a function with @njit is like one without
    threading.stack_size(STACK)
    try:
        cuda: Any = importlib.import_module("numba.cuda")
        shared: Any = importlib.import_module("numba.cuda.simulator.kernelapi")
        kernel: Any = importlib.import_module("numba.cuda.simulator.kernel")
    except ImportError:
        return None  # it is told where the answer imports it
    compiler: Any = importlib.import_module("numba.core.dispatcher")
    shared.FakeCUDAShared.array = _one_for_all()
    kernel.BlockManager.run = _in_order(kernel.BlockThread)
    _single_numbers(kernel.FakeWithinKernelCUDAArray)
    kernel.swapped_cuda_module = _with_mathematics(kernel.swapped_cuda_module, compiler.Dispatcher)
    kernel.FakeCUDAKernel.__call__ = _called(kernel, compiler.Dispatcher, refuse)
    cuda.jit = _with_options(cuda.jit)
    return kernel


def _with_options(jit: Callable[..., Any]) -> Callable[..., Any]:
    """`cuda.jit` that also takes what is said to a card's compiler alone."""

    def with_options(*given: Any, **named: Any) -> Any:
        return jit(*given, **{name: named[name] for name in named if name not in OF_A_COMPILER})

    return with_options


def _called(kernel: Any, njit: type, refuse: Callable[..., None]) -> Callable[..., Any]:
    """A launch of what a card can compile; or in a kernel the call of another, as on a card."""
    launch, fake = kernel.FakeCUDAKernel.__call__, kernel.FakeCUDAKernel
    swapped, around = kernel.swapped_cuda_module, kernel._get_kernel_context  # noqa: SLF001

    def called(self: Any, *given: Any, **named: Any) -> Any:
        inside = around()
        if inside is None:
            refuse(self.fn, (fake, njit))
            return launch(self, *given, **named)
        with swapped(self.fn, inside):
            return self.fn(*given, **named)

    return called


def mathematics() -> SimpleNamespace:
    """`math` as it is on a card, where none of its functions raises an exception.

    What is too large is inf there, ``log(0)`` is -inf and ``sqrt(-1)`` NaN, as CUDA's description
    of its functions has it, and as NumPy has it. So is a division by 0 of what they return: Numba
    compiles for a card with its error model "numpy".
    """
    math, numpy = importlib.import_module("math"), importlib.import_module("numpy")

    def on_a_card(name: str, of_numpy: str) -> Callable[..., Any]:
        plain, same = getattr(math, name), getattr(numpy, of_numpy)

        def function(*given: Any) -> Any:
            single = all(isinstance(number, numpy.float32) for number in given)
            with numpy.errstate(all="ignore"):
                try:
                    value = plain(*given)
                except (OverflowError, ValueError):
                    if len(given) != same.nin:
                        raise
                    value = same(*map(float, given))
                return (numpy.float32 if single else numpy.float64)(value)

        return function

    functions = {name: on_a_card(name, of_numpy) for name, of_numpy in OF_NUMPY.items()}
    return SimpleNamespace(**{**vars(math), **functions})


def _with_mathematics(swapped: Callable[[Any, Any], Any], njit: Any) -> Callable[[Any, Any], Any]:
    """What puts a card's `cuda` in the place of a module's while a kernel runs, and its `math`.

    And of a function that `njit` compiles for the processor, itself.
    """
    math, card = importlib.import_module("math"), mathematics()
    instead = {id(getattr(math, name)): getattr(card, name) for name in OF_NUMPY}
    instead[id(math)] = card

    @contextmanager
    def swapping(function: Any, cuda: Any) -> Iterator[None]:
        names = function.__globals__
        before = {
            name: value
            for name, value in names.items()
            if id(value) in instead or isinstance(value, njit)
        }
        names.update(
            {
                name: value.py_func if isinstance(value, njit) else instead[id(value)]
                for name, value in before.items()
            }
        )
        try:
            with swapped(function, cuda):
                yield
        finally:
            names.update(before)

    return swapping


def _in_order(thread: Any) -> Any:
    """The threads of a block one after the other, each up to where it waits for the others.

    The simulator has them run at once. So what a race comes to would be another thing in each run,
    and so would be which of several threads is said to have failed.
    """

    def run(manager: Any, grid_point: Any, *given: Any) -> None:
        points = sys.modules["numpy"].ndindex(*manager._block_dim)  # noqa: SLF001
        target = partial(manager._f, *given)  # noqa: SLF001
        threads = [
            thread(target, manager, grid_point, point, manager._debug)  # noqa: SLF001
            for point in points
        ]
        in_turn(threads)

    return run


def in_turn(threads: Sequence[Any]) -> None:
    """Run the threads of a block, each up to where it waits for the others, to the end."""
    for one in threads:
        one.start()
        _wait(one, threads)
    while waiting := [one for one in threads if one.is_alive()]:
        for one in waiting:
            one.syncthreads_blocked = False
            one.syncthreads_event.set()
            _wait(one, threads)


def _wait(one: Any, threads: Sequence[Any]) -> None:
    """Until it has ended, or waits for the others; what it raised ends all of them."""
    while one.is_alive() and not one.syncthreads_blocked:
        one.join(POLL)
    if one.exception:
        for other in threads:
            other.abort = True
            other.syncthreads_blocked = False
            other.syncthreads_event.set()
        raise one.exception[0].with_traceback(one.exception[1])


def _single_numbers(array: Any) -> None:
    """Refuse in a kernel what makes an array there, as a card does and the simulator does not."""
    ufunc, attribute = array.__array_ufunc__, array.__getattr__
    numpy: Any = importlib.import_module("numpy")
    whole, card = numpy.ndarray, importlib.import_module(f"{array.__module__}").FakeCUDAArray
    known = dir(whole)

    def refused(*_given: Any, **_named: Any) -> Any:
        raise TypeError("a kernel computes with single numbers; no function there makes an array")

    def elementwise(self: Any, function: Any, method: str, *given: Any, **named: Any) -> Any:
        into: Any = named.get("out", ())
        makes = method != "__call__" or function.signature or not into
        if makes or not all(isinstance(one, array) for one in into):
            return refused()
        ufunc(self, function, method, *given, **named)
        return into[0] if len(into) == 1 else into  # NumPy's would be the arrays inside of them

    def within(value: Any) -> Any:
        return array(card(value)) if isinstance(value, whole) else value

    def had(self: Any, name: str) -> Any:
        if name in known and name not in AS_ON_A_CARD:
            raise AttributeError(f"tracer runs no {name} of an array in a kernel; take a loop")
        found = within(attribute(self, name))
        if not callable(found):
            return found
        return lambda *given, **named: within(found(*given, **named))  # x.reshape, x.view

    array.__array__, array.__array_ufunc__, array.__getattr__ = refused, elementwise, had


def _one_for_all() -> Any:
    """The shared array of a line, the same one for every thread of a block.

    The simulator looks whether it is there and makes it in two moves, between which another thread
    can come.
    """
    at_a_time = threading.Lock()

    def array(self: Any, shape: Any, dtype: Any, alignment: int | None = None) -> Any:
        del alignment
        caller = sys._getframe(1)  # noqa: SLF001 - as the simulator itself finds the line
        line = caller.f_code.co_filename, caller.f_lineno
        numpy = sys.modules["numpy"]
        kind = numpy.dtype(getattr(dtype, "name", dtype))  # of Numba's types, and of NumPy's
        with at_a_time:
            if shape == 0:  # all of what the launch has set apart, whichever line asks for it
                if None not in self._allocations:
                    self._dynshared.fill(-1)  # as floating-point numbers, NaN
                    self._allocations[None] = self._dynshared
                many = self._dynshared_size // kind.itemsize
                return numpy.frombuffer(self._dynshared, kind, many)
            if line not in self._allocations:
                made = numpy.zeros(shape, kind)
                if made.dtype.kind == "f":
                    made.fill(numpy.nan)  # on a card it may be anything: who reads it first is seen
                self._allocations[line] = made
            return self._allocations[line]

    return array
