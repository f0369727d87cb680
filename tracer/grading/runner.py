"""Runs inside the student's process: calls the student's function and hands out the numbers.

It is started as a script, never imported by the grader, and knows inputs only: no expectation, no
tolerance, no score ever reaches this process. It imports NumPy, the standard library and the file
beside it (`frames`); ``tracer`` itself cannot be imported here.

The request comes on stdin as frames: a note ``plan`` and the inputs ``<check>/<call>/<name>``.
The answer goes out, frame by frame as soon as it is known, on what was stdout at the start:
``ready``, ``loaded``; for each check its arrays ``<check>/<call>/<step>/<name>`` and one note
``<check>/note``; last ``end``. What the student prints goes to stderr.
"""

from __future__ import annotations

import ast
import importlib.util
import os
import sys
import traceback
import warnings
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

PACKAGES = ("numpy", "scipy", "numba", "llvmlite")
LONGEST_TEXT = 600


class Packages(PathFinder):
    """Finds the packages an exercise may use, and nothing else of the grader's installation."""

    folders: tuple[str, ...] = ()

    @classmethod
    def find_spec(cls, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """A top-level package of the list; its submodules are found the usual way."""
        if path is not None or fullname not in PACKAGES:
            return None
        return PathFinder.find_spec(fullname, list(cls.folders), target)


def load(name: str, path: Path) -> ModuleType:
    """A fresh module from a file."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def limit(memory: int, seconds: int) -> None:
    """Lower what this process may use, where the system knows such limits. There is no way back."""
    try:
        import resource
    except ImportError:
        return
    for name, most in (
        ("RLIMIT_AS", memory), ("RLIMIT_CPU", seconds), ("RLIMIT_CORE", 0),
        ("RLIMIT_FSIZE", 64 * 2**20),
    ):  # fmt: skip
        try:
            resource.setrlimit(getattr(resource, name), (most, most))
        except (AttributeError, ValueError, OSError):
            continue  # this system has no such limit, or a lower one already


def shortened(text: str) -> str:
    """At most `LONGEST_TEXT` characters."""
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def describe(error: BaseException, file: Path) -> dict[str, Any]:
    """What the student must know of an exception: type, words, and the line of their own file."""
    try:
        words = str(error)
    except BaseException:  # noqa: BLE001 - a __str__ of the student's may do anything
        words = ""
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == str(file)]
    if isinstance(error, SyntaxError) and error.filename == str(file):
        words, lines = error.msg or "", [error.lineno]
    return {
        "event": "raised",
        "type": type(error).__name__,
        "message": shortened(words.replace(str(file), file.name)),
        "line": lines[-1] if lines else None,
        "not_implemented": isinstance(error, NotImplementedError),
        "memory": isinstance(error, MemoryError),
    }


def is_empty(file: Path, function: str) -> bool:
    """Whether the function has no body yet: a docstring, `pass`, `...`, or a bare `return`."""
    for node in ast.parse(file.read_bytes()).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            return all(
                isinstance(line, ast.Pass)
                or (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))
                or (isinstance(line, ast.Return) and line.value is None)
                for line in node.body
            )
    return False


class Returned(Exception):
    """What came back is not numbers; `facts` say what it is."""

    def __init__(self, what: str, got: str, quantity: str = "") -> None:
        super().__init__(what)
        self.facts = {"event": "returned", "what": what, "got": shortened(got), "name": quantity}


class Runner:
    """Carries out a plan and sends frames."""

    def __init__(self) -> None:
        self.results = os.dup(1)  # not handed on to programs that the student's code starts
        request = sys.stdin.buffer.read()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # input() meets the end of the file at once
        os.dup2(2, 1)
        sys.dont_write_bytecode = True
        here = Path(__file__).resolve().parent
        Packages.folders = tuple(sys.argv[1:])
        sys.meta_path.append(Packages)
        self.frames = load("frames", here / "frames.py")
        del sys.modules["frames"]
        self.np = self.frames.np
        read = self.frames.unpack(request)
        if read.problem:
            raise ValueError(f"the request has {read.problem}")
        self.inputs = dict(read.frames)
        self.plan = self.frames.read_note(self.inputs.pop("plan"))
        self.file = Path.cwd() / self.plan["file"]
        self.spare = bytearray(2**20)

    def send(self, data: bytes) -> None:
        """Write all of it."""
        view = memoryview(data)
        while view:
            view = view[os.write(self.results, view) :]

    def note(self, name: str, /, **facts: Any) -> None:
        """Send a few facts as text."""
        self.send(self.frames.pack_note(name, facts))

    def run(self) -> None:
        """Every check, each with a freshly loaded file, whatever became of the one before."""
        limit(self.plan["memory"], self.plan["seconds"])
        self.note("ready")
        for check in self.plan["checks"]:
            where: dict[str, int] = {}
            seen: list[warnings.WarningMessage] = []
            try:
                function = self.function(check)
                with warnings.catch_warnings(record=True) as seen:
                    warnings.simplefilter("always")
                    self.check(check, function, where)
                facts: dict[str, Any] = {"event": "done"}
            except Returned as returned:
                facts = returned.facts
            except BaseException as error:  # noqa: BLE001 - sys.exit() and Ctrl-C included
                self.spare = bytearray()
                facts = describe(error, self.file)
            facts["warnings"] = [
                {"message": shortened(str(w.message)), "line": w.lineno}
                for w in seen
                if issubclass(w.category, RuntimeWarning) and w.filename == str(self.file)
            ][:3]
            self.note(f"{check['id']}/note", **facts, **where)
        self.note("end")

    def function(self, check: dict[str, Any]) -> Any:
        """The student's function, of a fresh copy of the module."""
        module = load(self.file.stem, self.file)
        self.note(f"{check['id']}/loaded")
        function = getattr(module, self.plan["function"], None)
        if not callable(function):
            raise Returned("no function", type(function).__name__)
        return function

    def check(self, check: dict[str, Any], function: Any, where: dict[str, int]) -> None:
        """All calls of one check; a check with steps hands the student's own state on."""
        key, held = check["id"], {}
        for call in range(check["calls"]):
            given = {name: self.inputs[f"{key}/{call}/{name}"] for name in self.plan["inputs"]}
            sequence = given["x"] if check["steps"] else None
            for step in range(check["steps"] or 1):
                where.update(call=call, step=step)
                if sequence is not None:
                    given["x"] = sequence[step]
                fresh = {name: array.copy() for name, array in given.items()}
                answers = self.named(function(*fresh.values()))
                for name, value in answers.items():
                    held[f"{call}/{step}/{name}"] = value
                    array = self.numbers(name, value)
                    self.send(self.frames.pack(f"{key}/{call}/{step}/{name}", array))
                    if f"{name}_prev" in given:
                        given[f"{name}_prev"] = array.copy()
            if check["inputs_kept"]:
                for name, array in fresh.items():
                    self.send(self.frames.pack(f"{key}/after/{call}/{name}", array))
        for name, value in held.items():  # is what was returned first still what it was?
            self.send(self.frames.pack(f"{key}/kept/{name}", self.numbers(name, value)))

    def named(self, value: Any) -> dict[str, Any]:
        """What the function returned, under the names the exercise gives it."""
        names = self.plan["returns"]
        if value is None:
            empty = is_empty(self.file, self.plan["function"])
            raise Returned("empty" if empty else "none", "None")
        if len(names) == 1 and not isinstance(value, tuple):
            return {names[0]: value}
        if not isinstance(value, (tuple, list, self.np.ndarray)):
            raise Returned("count", type(value).__name__)
        if len(value) != len(names):
            raise Returned("count", f"{type(value).__name__} of {len(value)}")
        return dict(zip(names, value, strict=True))

    def numbers(self, name: str, value: Any) -> Any:
        """`value` as a plain float array; lists and numbers are welcome."""
        try:
            array = self.np.asarray(value)
        except ValueError:
            raise Returned("ragged", type(value).__name__, name) from None
        if array.dtype.name not in ("float64", "float32"):
            raise Returned("dtype", f"{type(value).__name__} of dtype {array.dtype}", name)
        if array.ndim > self.frames.MAX_AXES or array.nbytes > self.frames.MAX_BYTES:
            raise Returned("size", f"array of shape {array.shape}", name)
        return array


if __name__ == "__main__":
    runner = Runner()
    try:
        runner.run()
    except MemoryError:
        os._exit(runner.frames.OUT_OF_MEMORY)
    except OSError:
        os._exit(1)  # the student's code has closed the way out
    os._exit(0)  # no atexit function, thread or __del__ of the student's runs after the last frame
