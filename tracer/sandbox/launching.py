"""The kernel that an answer launches on the simulated card, launched once more; runs in the child.

Right numbers do not show who has computed them. So the kernel that was launched is launched again
from here, with other numbers, and what its threads write is what comes back. Each thread gets
arrays of its own, and those of the results are full of NaN: what no thread has written is no
number, and no thread can take over what another one has computed. Where NaN comes back, a launch
with a number in its place tells what was written, and whether the kernel reads what it is to write.

The simulator is told to note launches before any of the student's code runs; what that code puts in
the place of ``cuda.jit`` launches nothing. Like `runner`, this file is copied beside the student's
and imports the standard library only.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any

FULL = 0.8125
"""What a result is full of where NaN does not tell whether it was written."""


class NotLaunched(Exception):
    """The kernel did not run, or not with a thread for each number; `facts` say what it was."""

    def __init__(self, got: str, name: str = "", length: int = 0) -> None:
        super().__init__(got)
        self.facts = {"event": "returned", "what": "launch", "got": got, "name": name,
                      "length": length}  # fmt: skip


class Launches:
    """What an answer launches, as the simulator notes it.

    Parameters
    ----------
    kernels : module or None
        ``numba.cuda.simulator.kernel``; None where there is no Numba, and so no kernel.
    in_turn : callable
        Has the threads of a block run one after the other.
    """

    def __init__(self, kernels: Any, in_turn: Callable[[Sequence[Any]], None]) -> None:
        self._in_turn = in_turn
        self.begin()
        if kernels is None:
            return
        # what both have before the student's code puts other things in their place
        self._simulator = SimpleNamespace(**vars(kernels))
        self._numpy = SimpleNamespace(**vars(importlib.import_module("numpy")))
        note, launch = self._note, kernels.FakeCUDAKernel.__call__

        around = kernels._get_kernel_context  # noqa: SLF001

        def noted(kernel: Any, *given: Any, **named: Any) -> Any:
            if around() is None:  # else a thread calls a function of the card
                note(kernel, given)
            return launch(kernel, *given, **named)

        kernels.FakeCUDAKernel.__call__ = noted

    def begin(self) -> None:
        """Nothing has been launched."""
        self._count, self._kernel = 0, None
        self._where: Any = ()
        self._took: list[Any] = []

    def _note(self, kernel: Any, given: Sequence[Any]) -> None:
        self._count, self._kernel = self._count + 1, kernel
        self._where = kernel.grid_dim, kernel.block_dim, kernel.dynshared_size
        self._took = [self._copied(getattr(value, "value", value)) for value in given]

    def _copied(self, value: Any) -> Any:
        """An array as it is now, also one on the card; None of anything else."""
        if isinstance(value, self._simulator.FakeCUDAArray):
            return value.copy_to_host()
        return value.copy() if isinstance(value, self._numpy.ndarray) else None

    def again(self, before: Sequence[Any], results: Sequence[str], *given: Any) -> tuple[Any, ...]:
        """What the threads write, if the kernel is launched with other numbers.

        Parameters
        ----------
        before : sequence of array
            The numbers with which the student's function was called that launched it.
        results : sequence of str
            What the kernel writes into; it takes these arrays last.
        *given : array
            The other numbers.

        Raises
        ------
        NotLaunched
        """
        if self._count != 1:
            raise NotLaunched("several" if self._count else "none", length=self._count)
        took, own = self._took[: len(before)], self._took[len(before) :]
        fits = len(took) == len(before) and len(own) == len(results)
        if not fits or any(array is None or array.dtype.kind != "f" for array in own):
            raise NotLaunched("arguments", length=len(self._took))
        if not all(map(_same, before, took)):
            raise NotLaunched("arguments", length=len(self._took))
        nan = self._numpy.nan
        found = self._written(given, [self._numpy.full_like(array, nan) for array in own])
        if any(_no_number(one.numbers).any() for one in found):
            self._count_what_is_no_number(found, given, results)
        for name, one in zip(results, found, strict=True):
            if one.most > 1:
                raise NotLaunched("one", name, one.most)
            if one.threads < one.numbers.size:
                raise NotLaunched("threads", name, one.threads)
        return tuple(one.numbers for one in found)

    def _written(self, given: Sequence[Any], full: Sequence[Any]) -> list[Any]:
        """What the threads write into each result, how many write, and the most that one writes.

        NaN is not counted where the result was full of NaN.
        """
        found = [SimpleNamespace(numbers=array.copy(), threads=0, most=0) for array in full]
        for arrays in self._threads(given, full):
            for one, array, before in zip(found, arrays, full, strict=True):
                written = (array != before) & ~(_no_number(array) & _no_number(before))
                one.numbers[written] = array[written]
                one.threads += bool(written.any())
                one.most = max(one.most, int(written.sum()))
        return found

    def _count_what_is_no_number(
        self, found: Sequence[Any], given: Sequence[Any], results: Sequence[str]
    ) -> None:
        """Count who wrote NaN, in launches where one result after the other is full of a number.

        What is a number only then has come out of what the result was full of.
        """
        for place, one in enumerate(found):
            full = [
                self._numpy.full_like(other.numbers, FULL if other is one else self._numpy.nan)
                for other in found
            ]
            anew = self._written(given, full)
            for old, new, before in zip(found, anew, full, strict=True):
                known = ~_no_number(new.numbers) & (new.numbers != before)
                if (known & _no_number(old.numbers)).any():
                    raise NotLaunched("read", results[place])
            one.threads, one.most = anew[place].threads, anew[place].most

    def _threads(self, given: Sequence[Any], empty: Sequence[Any]) -> Iterator[list[Any]]:
        """The arrays of the results of each thread, after it has run."""
        simulator, kernel = self._simulator, self._kernel
        grid, block, shared = self._where
        function: Any = kernel.fn  # type: ignore[attr-defined]
        for point in self._numpy.ndindex(*grid):
            manager = simulator.BlockManager(function, grid, block, debug=False)
            threads, results = [], []
            for place in self._numpy.ndindex(*block):
                results.append([array.copy() for array in empty])
                arrays = [*(array.copy() for array in given), *results[-1]]
                target = partial(function, *map(self._on_card, arrays))
                one = simulator.BlockThread(target, manager, point, place, debug=False)
                threads.append(one)
            fake = simulator.FakeCUDAModule(grid, block, shared)  # shared arrays are a block's
            with (
                simulator._push_kernel_context(fake),  # noqa: SLF001
                simulator.swapped_cuda_module(function, fake),
            ):
                self._in_turn(threads)
            yield from results

    def _on_card(self, array: Any) -> Any:
        return self._simulator.FakeWithinKernelCUDAArray(self._simulator.FakeCUDAArray(array))


def _no_number(array: Any) -> Any:
    """Where it is NaN."""
    return array != array  # noqa: PLR0124 - NaN is not


def _same(one: Any, other: Any) -> bool:
    if other is None or one.shape != other.shape or one.dtype != other.dtype:
        return False
    return bool(one.tobytes() == other.tobytes())
