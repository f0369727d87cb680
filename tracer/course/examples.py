"""The numbers that an exercise's README.md works out: whether the solution gives the same."""

from __future__ import annotations

import contextlib
import doctest
import importlib.util
import io
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np


class Example(NamedTuple):
    """A line of a README that does not give what stands below it."""

    line: int
    code: str
    told: str
    came: str


class _First(doctest.DocTestRunner):
    """Keeps the first example that fails, and prints nothing."""

    found: Example | None = None

    def report_failure(self, _out: Any, _test: Any, example: doctest.Example, got: str) -> None:
        """Another result came."""
        self._keep(example, got.strip())

    def report_unexpected_exception(
        self, _out: Any, _test: Any, example: doctest.Example, exc_info: Any
    ) -> None:
        """It ended with an exception."""
        self._keep(example, f"{exc_info[0].__name__}: {exc_info[1]}")

    def _keep(self, example: doctest.Example, came: str) -> None:
        told = example.want.strip()
        self.found = self.found or Example(example.lineno + 1, example.source.strip(), told, came)


def first_wrong(readme: Path, solution: Path) -> Example | None:
    """The first line that begins with ``>>>`` and gives something else; None if there is none.

    The lines may use ``np`` and all that the solution defines.
    """
    spec = importlib.util.spec_from_file_location("solution", solution)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    runner = _First(verbose=False)
    with contextlib.redirect_stdout(io.StringIO()):
        spec.loader.exec_module(module)
        names = {"np": np, **vars(module)}
        text = readme.read_text("utf-8", errors="replace")
        test = doctest.DocTestParser().get_doctest(text, names, readme.name, str(readme), 0)
        runner.run(test, out=lambda _text: None)
    return runner.found
