"""The student's own earlier answers, which a later one imports by their names; runs in the child.

They come as source with the request, like the answer itself, and nothing else can be imported this
way. Like `runner`, this file is copied beside the student's and imports the standard library only.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any


class OwnModules(Loader):
    """Finds the modules of these names, in the folder of the answer's `file`."""

    def __init__(
        self, sources: Mapping[str, bytes], file: Path, compiled: Callable[[bytes, Path], CodeType]
    ) -> None:
        self._sources, self._compiled = dict(sources), compiled
        self.files = {}
        for name, source in self._sources.items():
            path = file.with_name(f"{name}.py")
            path = file.with_name(f"{name}-earlier.py") if path == file else path
            path.write_bytes(source)  # a line of it can be shown
            self.files[name] = path
        if sources:
            sys.meta_path.append(self)

    def texts(self) -> dict[str, tuple[str, bytes]]:
        """The name and the source of each of them, by its file."""
        return {str(path): (name, self._sources[name]) for name, path in self.files.items()}

    def forget(self) -> None:
        """Have each of them loaded anew where it is imported the next time."""
        for name in self._sources:
            sys.modules.pop(name, None)

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """One of these modules."""
        del target
        if path is not None or fullname not in self._sources:
            return None
        return ModuleSpec(fullname, self, origin=str(self.files[fullname]))

    def create_module(self, spec: ModuleSpec) -> None:
        """As Python makes one."""

    def exec_module(self, module: ModuleType) -> None:
        """Load it."""
        name = module.__name__
        module.__file__ = str(self.files[name])
        code = self._compiled(self._sources[name], self.files[name])
        exec(code, module.__dict__)  # noqa: S102 - as the answer itself

    def raised_in(self, error: BaseException, file: Path) -> dict[str, Any]:
        """The module in which an exception was raised, and its line.

        Nothing where the last of the student's own code on the way is the answer in `file`.
        """
        names = {str(file): "", **{str(path): name for name, path in self.files.items()}}

        def place(filename: str, number: int | None) -> tuple[str, int | None] | None:
            return (names[filename], number) if filename in names else None

        return raised_in(error, place)


def raised_in(
    error: BaseException,
    place: Callable[[str, int | None], tuple[str, int | None] | None],
) -> dict[str, Any]:
    """The same, where `place` gives the module and the line of what Python names so.

    The module of the answer itself is empty; what is none of the student's own has no place.
    """
    at: tuple[str, int | None] = ("", None)
    trace = error.__traceback__
    while trace is not None:
        at = place(trace.tb_frame.f_code.co_filename, trace.tb_lineno) or at
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.filename is not None:
        at = place(error.filename, error.lineno) or at
    return {"inside": at[0], "inside_line": at[1]} if at[0] else {}
