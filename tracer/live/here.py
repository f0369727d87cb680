"""A wall that is none: the functions of this session are called in this process.

They run here anyway, whenever their author calls them. They get copies of every array, what they
print is seen at once, and Ctrl-C ends them. A reference of the exercise runs in a process of its
own, as always.
"""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from tracer.live.sources import Sources, unwritten
from tracer.sandbox import describing, inside
from tracer.sandbox.process import Limits, PlainProcess, Run, Wall


@dataclass(frozen=True, slots=True)
class Here(Wall):
    """See `tracer.sandbox.process.Wall`."""

    sources: Sources

    def run(self, source: bytes, file: str, request: bytes, limits: Limits, longest: float) -> Run:
        """Call the functions; nothing is limited."""
        if source != self.sources.form.program:  # a reference is a file, and they are none
            return PlainProcess().run(source, file, request, limits, longest)
        there = SimpleNamespace(**self.sources.functions)
        _file, text = self.sources.one
        return inside.run(text, self.sources, request, _Describing(self.sources), there)


@dataclass(frozen=True, slots=True)
class _Describing:
    """What the runner asks of `tracer.sandbox.describing`, for lines of several cells and files."""

    sources: Sources

    @staticmethod
    def words(value: object) -> str:
        """See `tracer.sandbox.describing.words`."""
        return describing.words(value)

    @staticmethod
    def unplaced(text: str, file: object) -> str:
        """As it is: a path in it is one of the student's own machine."""
        del file
        return text

    def own_line(self, file: object, filename: str, number: int | None) -> int | None:
        """The line of the program that all the cells and files are."""
        del file
        return self.sources.line(filename, number)

    def named_line(self, file: object, named: str, number: int) -> int | None:
        """The line of the program, of a file as Numba names it."""
        del file
        return self.sources.named_line(named, number)

    def unwritten(self, source: bytes, called: str) -> dict[str, Any]:
        """Why a function returned None."""
        del source
        function = self.sources.functions[called.partition(".")[0]]
        return unwritten(function, self.sources, called)

    @staticmethod
    def undecorated(source: bytes, called: str) -> bool:
        """See `tracer.sandbox.describing.undecorated`."""
        return describing.undecorated(source, called)

    def rows(
        self, error: BaseException, own: object, lengths: Callable[[Any], list[int]]
    ) -> list[Any]:
        """See `tracer.sandbox.describing.rows`."""
        del own
        return describing.rows(error, self.sources.places.__contains__, lengths)

    def describe(self, error: BaseException, file: object, called: str) -> dict[str, Any]:
        """The exception, and the last line of the student's own on the way to it."""
        del file
        frames = traceback.extract_tb(error.__traceback__)
        placed = [(self.sources.line(f.filename, f.lineno), f.name) for f in frames]
        own = [(number, inside) for number, inside in placed if number is not None]
        line, within = own[-1] if own else (None, "")
        again = isinstance(error, RecursionError) and len(own) > describing.ENDLESS
        if again:  # as of a file: the call that is made over and over
            line = Counter(number for number, _inside in own).most_common(1)[0][0]
        name, _dot, method = called.partition(".")
        function = self.sources.functions.get(name)
        return {
            "event": "raised",
            "type": describing.words(type(error).__name__),
            "message": describing.words(error),
            "line": line,
            "not_implemented": isinstance(error, NotImplementedError)
            and within == (method or getattr(function, "__name__", "")),
            "memory": isinstance(error, MemoryError),
            "again": again,
            "product": describing.product(error, self.sources.places.__contains__),
            "apart": describing.spread(error, self.sources.places.__contains__),
            "shapes": describing.shapes(error, self.sources.places.__contains__),
        }
