"""Runs inside the student's process: calls the student's function and hands out the numbers.

It is started as a script from a copy, and knows inputs only: no expectation, no tolerance, no score
ever reaches this process. ``tracer`` is not on its path; a submission that searches the disk for it
can still find it, for it runs as the same user, and only a real wall would prevent that.

What is measured here (an input changed, a returned array changed later) is measured beside the
student's code, in the same interpreter. It is kept out of that code's easy reach, in the variables
of a running function, but who wants to can forge it; these checks are advice until there is a wall.
A right number cannot be forged: what is right is not known in here.

The request comes on stdin as frames: the notes ``packages`` and ``plan``, and the inputs
``<check>/<call>/<name>``. The answer goes out, frame by frame as soon as it is known, on what was
stdout at the start: ``ready``; for each check ``<check>/loaded``, its arrays
``<check>/<call>/<step>/<name>`` and one note ``<check>/note``; last ``end``. What the student
prints goes to stderr, after a mark that says which check it belongs to.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import time
import warnings
from collections.abc import Callable
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

PACKAGES = ("numpy", "scipy", "numba", "llvmlite")

LARGEST = 2**18
"""Bytes of one returned array; the largest that an exercise may ask for has an eighth of it."""


class Packages(PathFinder):
    """Finds the packages an exercise may use, and nothing else of the grader's installation."""

    folders: tuple[str, ...] = ()

    @classmethod
    def find_spec(cls, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """A top-level package of the list; its submodules are found the usual way."""
        if path is not None or fullname not in PACKAGES:
            return None
        return PathFinder.find_spec(fullname, list(cls.folders), target)


def beside(name: str) -> Any:
    """The module in a file beside this one; the student's code cannot import it by its name."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    del sys.modules[name]
    return module


def limit(memory: int, seconds: int) -> None:
    """Lower what this process may use, where the system knows such limits. There is no way back."""
    try:
        import resource
    except ImportError:
        return
    for name, most, spare in (
        ("RLIMIT_AS", memory, 0), ("RLIMIT_CPU", seconds, 5), ("RLIMIT_CORE", 0, 0),
        ("RLIMIT_FSIZE", 64 * 2**20, 0),
    ):  # fmt: skip
        try:  # at the soft limit on time comes SIGXCPU, which says why; at the hard one SIGKILL
            resource.setrlimit(getattr(resource, name), (most, most + spare))
        except (AttributeError, ValueError, OSError):
            continue  # this system has no such limit, or a lower one already


def channel() -> Callable[[bytes], None]:
    """What sends bytes to the grader; from now on what is printed goes to stderr."""
    results = os.dup(1)  # not handed on to programs that the student's code starts
    os.dup2(2, 1)
    write = os.write

    def send(data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[write(results, view) :]

    return send


class Returned(Exception):
    """What came back is not numbers; `facts` say what it is."""

    def __init__(self, what: str, got: object, quantity: str = "", **more: object) -> None:
        super().__init__(what)
        self.facts = {"event": "returned", "what": what, "got": got, "name": quantity, **more}


def main() -> None:
    """Every check, each with a freshly loaded file, whatever became of the one before."""
    describing = beside("describing")
    request = sys.stdin.buffer.read()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # input() meets the end of the file at once
    send = channel()
    sys.dont_write_bytecode = True
    frames = prepared(request)
    pack, note = frames.pack, frames.pack_note
    inputs = dict(frames.unpack(request).frames)
    plan = frames.read_note(inputs["plan"])
    file = Path.cwd() / plan["file"]
    source = file.read_bytes()  # once, for the student's code may delete it
    sys.argv[:] = [str(file)]  # as if the student had started it
    plain = numbers()
    limit(plan["memory"], plan["seconds"])
    send(note("ready", {}))
    spare = bytearray(2**20)
    for check in plan["checks"]:
        key, where = check["id"], {"call": 0, "step": 0}
        seen: list[warnings.WarningMessage] = []
        print(f"{plan['mark']}{key};", end="", file=sys.__stderr__)
        try:
            function = loaded(source, file, plan, describing.compiled)
            send(note(f"{key}/loaded", {}))
            if not callable(function):
                raise Returned("no function", type(function).__name__)  # noqa: TRY301
            with warnings.catch_warnings(record=True) as seen:
                warnings.simplefilter("always")
                calls(check, plan, inputs, function, plain, pack, send, where)
            facts: dict[str, Any] = {"event": "done"}
        except Returned as returned:
            facts = returned.facts
            if facts["what"] == "none" and describing.is_empty(source, plan["function"]):
                facts["what"] = "empty"
        except BaseException as error:  # noqa: BLE001 - sys.exit() and Ctrl-C included
            spare = bytearray()
            facts = describing.describe(error, file, plan["function"])
        facts["warnings"] = [
            {"message": describing.words(w.message), "line": w.lineno}
            for w in seen
            if issubclass(w.category, RuntimeWarning) and w.filename == str(file)
        ][:3]
        send(note(f"{key}/note", {**facts, **where}))
    send(note("end", {"spare": len(spare)}))


def prepared(request: bytes) -> ModuleType:
    """The module `frames`, with NumPy; its folders stand in the first frame of the request."""
    import json

    size = int.from_bytes(request[:4], "big")
    length = json.loads(request[4 : 4 + size])["shape"][0]
    said = json.loads(request[4 + size : 4 + size + length])
    Packages.folders = tuple(said["folders"])
    sys.meta_path.append(Packages)
    frames: ModuleType = beside("frames")
    return frames


def loaded(source: bytes, file: Path, plan: dict[str, Any], compiled: Callable[..., Any]) -> Any:
    """The student's function, of a fresh copy of the module, whatever the file is called."""
    name = plan["module"]
    loader = SourceFileLoader(name, str(file))  # also where the name does not end in .py
    spec = importlib.util.spec_from_file_location(name, file, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    exec(compiled(source, file), module.__dict__)  # noqa: S102 - this is what we are here for
    return getattr(module, plan["function"], None)


def calls(
    check: dict[str, Any], plan: dict[str, Any], inputs: dict[str, Any], function: Any,
    plain: Callable[..., Any], pack: Callable[..., bytes], send: Callable[[bytes], None],
    where: dict[str, int],
) -> None:  # fmt: skip
    """All calls of one check; a check with steps hands the student's own state on."""
    key, dtype, held = check["id"], check["dtype"], []
    for call in range(check["calls"]):
        given = {name: inputs[f"{key}/{call}/{name}"] for name in plan["inputs"]}
        sequence = given["x"] if check["steps"] else None
        for step in range(check["steps"] or 1):
            where.update(call=call, step=step)
            if sequence is not None:
                given["x"] = sequence[step]
            fresh = tuple(array.copy() for array in given.values())
            for name, value in named(function(*fresh), plan["returns"]).items():
                held.append((f"{key}/kept/{call}/{step}/{name}", name, value))
                array = plain(name, value, dtype)
                send(pack(f"{key}/{call}/{step}/{name}", array))
                if f"{name}_prev" in given:
                    given[f"{name}_prev"] = array.copy()
        if check["inputs_kept"]:
            for name, array in zip(given, fresh, strict=True):
                send(pack(f"{key}/after/{call}/{name}", array))
    for address, name, value in held:  # is what was returned first still what it was?
        send(pack(address, plain(name, value, dtype)))


def named(value: Any, names: list[str]) -> dict[str, Any]:
    """What the function returned, under the names the exercise gives it."""
    if value is None:
        raise Returned("none", "None")
    if len(names) == 1 and not isinstance(value, tuple):
        # [h] is h in a list; [row, row] is h, row by row
        wrapped = isinstance(value, list) and len(value) == 1 and getattr(value[0], "ndim", 0) > 1
        return {names[0]: value[0] if wrapped else value}
    several = isinstance(value, (tuple, list))
    if not several and not getattr(value, "ndim", 0):
        raise Returned("count", type(value).__name__)
    if len(value) != len(names):  # of an array, the rows are no values of their own
        raise Returned("count", type(value).__name__, length=len(value) if several else None)
    return dict(zip(names, value, strict=True))


def numbers() -> Callable[[str, Any, str], Any]:
    """What makes a plain float array of a value; lists and numbers are welcome."""
    import numpy as np

    asarray, ndarray = np.asarray, np.ndarray  # the student's code may put others in their place

    def plain(name: str, value: Any, dtype: str) -> Any:
        try:
            array = asarray(value)
        except ValueError:
            raise Returned("ragged", type(value).__name__, name) from None
        if array.dtype.name not in ("float64", "float32"):
            raise Returned("dtype", type(value).__name__, name, dtype=str(array.dtype))
        if array.ndim > 4 or array.nbytes > LARGEST:
            raise Returned("shape", list(array.shape), name)
        # A list has no type of its own, so it is taken for one of the type that came in.
        return array if isinstance(value, ndarray) else array.astype(dtype)

    return plain


if __name__ == "__main__":
    beside("supervise").guard(*map(int, sys.argv[1:]))
    try:
        main()
    except MemoryError:
        time.sleep(0.1)  # the grader looks at how much it has, and does not take our word for it
        os._exit(71)  # frames.OUT_OF_MEMORY
    except OSError:
        os._exit(1)  # the student's code has closed the way out
    os._exit(0)  # no atexit function, thread or __del__ of the student's runs after the last frame
