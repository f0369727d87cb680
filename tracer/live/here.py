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

from tracer.live.earlier import Answers, extended
from tracer.live.sources import Sources, unwritten
from tracer.sandbox import asking, describing, inside
from tracer.sandbox.ownmodules import raised_in
from tracer.sandbox.process import Limits, PlainProcess, Run, Wall


@dataclass(frozen=True, slots=True)
class Here(Wall):
    """See `tracer.sandbox.process.Wall`."""

    answers: Answers

    def run(self, source: bytes, file: str, request: bytes, limits: Limits, longest: float) -> Run:
        """Call the functions of an answer, or of an earlier one; nothing is limited.

        What stands in `source` after their own lines is run, and what it makes of them is called.
        """
        plan, inputs = asking.unpacked(request)
        own = self.answers.get(plan["module"])
        if own is None or file != own.form.file or not source.startswith(own.form.program):
            return PlainProcess().run(source, file, request, limits, longest)  # a reference
        programs = {name: inputs[f"own/{name}"].tobytes() for name in plan["own"]}
        programs[plan["module"]] = source
        added = {
            name: program[len(self.answers[name].form.program) :]
            for name, program in programs.items()
        }
        _file, text = own.one
        with extended(self.answers, added) as functions:
            there = SimpleNamespace(**functions[plan["module"]])
            modules = _Modules(self.answers, plan["module"])
            return inside.run(text, own, request, _Describing(own), there, modules)


@dataclass(frozen=True, slots=True)
class _Modules:
    """What the runner asks of `tracer.sandbox.ownmodules`, for modules that are there already."""

    answers: Answers
    answer: str

    def forget(self) -> None:
        """Nothing: they stay as the session has them."""

    def raised_in(self, error: BaseException, file: object) -> dict[str, Any]:
        """The earlier answer in which an exception was raised, and its line."""
        del file
        return raised_in(error, self._place)

    def _place(self, filename: str, number: int | None) -> tuple[str, int | None] | None:
        for module, sources in self.answers.items():
            if filename in sources.places:
                return "" if module == self.answer else module, sources.line(filename, number)
        return None


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
