"""Line by line, what the student's variables became; runs in the child, for feedback only.

Nothing recorded here ever earns or costs a point: it answers one question, which line to look at.
Each record says that a statement gave a variable new numbers (for an array that was changed in
place, only those that changed, and where), and which earlier records that statement read.
``return`` counts as a variable, and so does, without a name, a value that a function is given and
no variable holds. The grader holds the numbers against the right computation
(`tracer.grading.blame.held`).

Like `runner`, this file is copied beside the student's and imports NumPy and the standard library
only.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import FrameType
from typing import Any

import numpy as np

MOST_RECORDS, MOST_NUMBERS, MOST_READS, MOST_CALLS = 2000, 100_000, 20_000, 2000
"""Where recording ends, so that a long loop costs neither time nor memory."""

MOST_GIVEN, MOST_HANDED = 500, 20_000
"""Of how many arguments that functions get it is kept what they were, and of how many numbers."""

COLUMNS = 10

MOST_PARTS = 64
"""Of an array that is filled part by part, how many parts are remembered."""

LARGEST = 2**14
"""Numbers of one variable; a larger one is left out."""

MOVED = 2**20
"""By so many lines, and times, a statement is moved whose line another one has already."""


WIDE = "float64"
"""How the line is called that made the first value in double precision on the way to the result."""


class Statement:
    """A statement of the student's file: its lines, and the names that it reads."""

    def __init__(self, node: ast.stmt) -> None:
        parts: list[ast.AST] = [node]
        if _inside(node):  # of a loop or a condition, its head
            heads = ("iter", "test", "subject")
            parts = [getattr(node, name) for name in heads if hasattr(node, name)]
        taken = lines_of(node)
        self.first, self.last = taken[0] % MOVED, taken[-1] % MOVED
        self.fills = filled_by(node)
        self.reads = tuple(name for name in names_in(*parts) if name not in self.fills)
        if isinstance(node, ast.AugAssign) and (target := name_of(node.target)):
            self.reads = (*self.reads, target)
        self.each = dict(one_by_one(node))
        self.unset = makes_room(node)
        self.assigns = assigned_by(node)
        self.stores = stored_into(node)

    def reads_for(self, name: str) -> tuple[tuple[str, ...], bool]:
        """The names that it reads for one of its results, and whether that is sure."""
        return (self.each[name], True) if name in self.each else (self.reads, not self.each)


def names_in(*parts: ast.AST) -> tuple[str, ...]:
    """The names that are read somewhere in these parts."""
    nodes = [n for part in parts for n in ast.walk(part)]
    keyed = [n for n in nodes if isinstance(n, ast.Subscript) and name_of(n)]
    inside = {id(n.value) for n in keyed}
    named = [n for n in nodes if isinstance(n, ast.Name) and id(n) not in inside]
    reads: list[ast.Name | ast.Subscript] = [*named, *keyed]
    return tuple({name_of(n) for n in reads if isinstance(n.ctx, ast.Load)})


def name_of(node: ast.AST) -> str:
    """The name of a variable, or of what a dictionary keeps: ``q['z']``; empty for all else."""
    match node:
        case ast.Name(name):
            return name
        case ast.Subscript(ast.Name(name), ast.Constant(str(key))):
            return kept_as(name, key)
    return ""


def kept_as(name: str, key: str) -> str:
    """What a variable would be called that stood for a value in a dictionary."""
    return f"{name}[{key[:40]!r}]"


def filled_by(node: ast.stmt) -> frozenset[str]:
    """The arrays of which it gives a part other numbers, and reads nothing: ``d_z[:, :H] = …``."""
    if not isinstance(node, ast.Assign):
        return frozenset()
    return stored_into(node).difference(names_in(node.value))


def stored_into(node: ast.stmt) -> frozenset[str]:
    """The variables of which it gives a part another value: ``h[t] = …``."""
    targets = [*getattr(node, "targets", ()), getattr(node, "target", None)]
    parts = [target for target in targets if isinstance(target, ast.Subscript)]
    return frozenset(part.value.id for part in parts if isinstance(part.value, ast.Name))


def assigned_by(node: ast.stmt) -> frozenset[str]:
    """The variables that it gives a value as a whole, which may be the one that they had."""
    targets = node.targets if isinstance(node, ast.Assign) else []
    inside = [part for target in targets for part in getattr(target, "elts", [target])]
    return frozenset(name for part in inside if (name := name_of(part)))


def makes_room(node: ast.stmt) -> bool:
    """Whether it makes an array of which nothing is computed yet, by ``np.empty``."""
    called = getattr(getattr(node, "value", None), "func", None)
    name = getattr(called, "attr", None) or getattr(called, "id", "")
    return isinstance(node, ast.Assign) and name in ("empty", "empty_like")


def one_by_one(node: ast.stmt) -> Iterator[tuple[str, tuple[str, ...]]]:
    """``i, f = σ(z_i), σ(z_f)``: what each result is made of, where they stand side by side."""
    match node:
        case ast.Assign([ast.Tuple(targets)], ast.Tuple(values)) if len(targets) == len(values):
            for target, value in zip(targets, values, strict=True):
                if name := name_of(target):
                    yield name, names_in(value)
        case ast.Return(ast.Tuple(values)):
            for n, value in enumerate(values):
                yield f"return[{n}]", names_in(value)


def compiled(source: bytes, file: Any) -> Any:
    """The program, with a line of its own for each statement: Python says only which line runs."""
    return compile(apart(source), str(file), "exec", dont_inherit=True)


def apart(source: bytes) -> ast.Module:
    """The program; a statement is moved where another one before it stands on its line."""
    tree, taken = ast.parse(source), set[int]()
    for node in ast.walk(tree):  # the outer before the inner
        if isinstance(node, ast.stmt):
            while node.lineno in taken:
                _move(node)
            taken.update(lines_of(node))
    return tree


def lines_of(node: ast.stmt) -> range:
    """The lines of a statement; of a loop or a condition, those of its head."""
    end = node.end_lineno or node.lineno
    if inside := _inside(node):
        end = max(node.lineno, inside[0].lineno % MOVED - 1)
    return range(node.lineno, end + 1)


def _inside(node: ast.stmt) -> list[Any]:
    """What stands in a loop, a condition or a function; nothing in any other statement."""
    return [*getattr(node, "body", ()), *(case.pattern for case in getattr(node, "cases", ()))]


def _move(statement: ast.stmt) -> None:
    for node in ast.walk(statement):
        if isinstance(node, (ast.stmt, ast.expr, ast.keyword, ast.arg, ast.alias)):
            node.lineno += MOVED
            node.end_lineno = (node.end_lineno or 0) + MOVED


def statements(source: bytes) -> dict[int, Statement]:
    """For each line of the program as `compiled`, the innermost statement that it belongs to."""
    found: dict[int, Statement] = {}
    for node in ast.walk(apart(source)):  # the outer before the inner
        if isinstance(node, ast.stmt):
            found |= dict.fromkeys(lines_of(node), Statement(node))
    return found


class Frame:
    """What is known of one call of one of the student's functions."""

    def __init__(self, line: int, number: int) -> None:
        self.line = line
        self.number = number  # which call it is, counted from 0
        self.values: dict[str, Any] = {}  # of each name as it was seen last: a flat copy
        self.versions: dict[str, tuple[int, ...]] = {}  # the records that gave it its numbers
        self.wide: dict[str, int] = {}  # what is in double precision, and the line that made it so
        self.called: list[int] = []  # what functions returned to the statement that is running
        self.unsure: frozenset[int] = frozenset()  # which of the records it may have been given

    def given(self, name: str) -> tuple[int, ...]:
        """The records that gave a variable its numbers; a dictionary's are those of its values."""
        if name in self.versions:
            return self.versions[name]
        base, key, _ = name.partition("[")
        if key:
            return self.versions.get(base, ())
        inside = (records for n, records in self.versions.items() if n.startswith(f"{name}["))
        return tuple(dict.fromkeys(n for records in inside for n in records))

    def whole(self, name: str) -> bool:
        """Whether a dictionary is read as a whole: one value may be all that is meant."""
        return name not in self.versions and "[" not in name and len(self.given(name)) > 1


class Recorder:
    """Records one call. `file` is the name under which the student's code was compiled.

    `arrays` are those that nothing should be written into, by a key of their own; what else a
    function may have returned is left out. `gone` gives the keys, as numbers, of those that do not
    stand any more in the dict or the list in which they were handed over.
    """

    def __init__(
        self, source: bytes, file: str, arrays: Mapping[Any, Any] | None = None,
        gone: Callable[[], Iterable[int]] = tuple,
    ) -> None:  # fmt: skip
        self.file = file
        self.gone = gone
        # As plain arrays: methods of a class of the student's could do anything.
        plain = [(k, np.asarray(a)) for k, a in (arrays or {}).items() if isinstance(a, np.ndarray)]
        self.whole = {key: (array, array.copy()) for key, array in plain}
        self.single = any(array.dtype == np.float32 for _key, array in plain)
        self.wrote: dict[Any, int] = {}  # into which of them, and the line that did it first
        self.wide: dict[int, int] = {}  # the records in double precision, and the line that did it
        self.result: list[int] = []  # the records of what the call returned
        self.statements = statements(source)
        self.names: list[str] = []
        self.rows: list[tuple[int, ...]] = []
        self.reads: list[tuple[int, int, int]] = []
        self.numbers: list[Any] = []
        self.places: list[Any] = []  # where those of a part stand in the variable
        self.placed = 0
        self.given: list[tuple[int, ...]] = []
        self.handed: list[Any] = []
        self.last_given: dict[tuple[str, str], tuple[int, Any]] = {}
        self.count = 0
        self.full = False
        self.frames: list[Frame] = []
        self.calls = 0

    def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """Call the function with every line of the student's file watched."""
        before = sys.gettrace()
        sys.settrace(self._called)
        try:
            value = function(*args)
        finally:
            sys.settrace(before)
        self.wrote |= dict.fromkeys([WIDE] if (line := self._first_wide()) else [], line)
        return value

    def _first_wide(self) -> int:
        """The line of the first record in double precision that the result follows from, or 0."""
        followed = set() if self.full else set(self.result)
        for number, earlier, _sure in reversed(self.reads):  # a record reads earlier ones only
            if number in followed:
                followed.add(earlier)
        return next((self.wide[number] for number in sorted(followed & set(self.wide))), 0)

    def table(self) -> dict[str, Any]:
        """All records as plain arrays.

        Returns
        -------
        dict
            ``rows`` (R, 10): first and last line of the statement, the name, where the numbers
            begin and how many they are, first and last line of the statement that called (0
            outside), which call of a function it is, 1 where only a part of the variable was
            stored, and, where only some numbers are others, 1 more than where their ``places`` in
            the variable begin. ``reads`` (E, 3): a record, an earlier one that it read, and 1 where
            it surely did: a line that computes several things is not taken apart everywhere.
            ``numbers`` and ``places``: all in a row. ``given`` (G, 5): a call of a function, the
            names of the function and of an argument, where its numbers begin in ``handed``, and how
            many they are.
        """
        return {
            "rows": np.array(self.rows, np.int64).reshape(-1, COLUMNS),
            "reads": np.array(self.reads, np.int64).reshape(-1, 3),
            "numbers": np.concatenate(self.numbers) if self.numbers else np.zeros(0),
            "places": np.concatenate([np.zeros(0, np.int64), *self.places]),
            "given": np.array(self.given, np.int64).reshape(-1, 5),
            "handed": np.concatenate(self.handed) if self.handed else np.zeros(0),
        }

    def _look(self, here: Frame) -> None:
        """Whether the statement that has just run wrote into an array that was to stay whole."""
        found = [
            key
            for key, (array, copy) in self.whole.items()
            if key not in self.wrote and array.tobytes() != copy.tobytes()
        ]
        found += [key for key in map(str, self.gone()) if key not in self.wrote]
        self.wrote |= dict.fromkeys(found, self._running(here))

    def _running(self, here: Frame) -> int:
        """The first line of the statement that is running, or has just run."""
        statement = self.statements.get(here.line)
        return statement.first if statement else here.line % MOVED

    def _called(self, frame: FrameType, event: str, arg: Any) -> Any:  # noqa: ARG002
        if self.full or frame.f_code.co_filename != self.file:
            return None
        if self.calls == MOST_CALLS:
            self.full = True
            return None
        inner = Frame(frame.f_lineno, self.calls)
        self.calls += 1
        outside = tuple(dict(self._read_by_running())) if self.frames else ()
        inner.unsure = frozenset(self._perhaps_given()) if self.frames else frozenset()
        arguments = frame.f_code.co_varnames[: frame.f_code.co_argcount]
        for name, value in named_values(frame.f_locals):
            inner.values[name] = now = flat(value)
            given = name.partition("[")[0] in arguments and self.frames and now is not None
            made = self._widened(self.frames[-1], value) if given else 0
            inner.versions[name] = self._handed_over(now, outside, made) if given else outside
            if given:
                self._keep_given(frame.f_code.co_name, name, now)
            inner.wide |= {name: 0} if wide(value) else {}  # not made here
        self.frames.append(inner)
        return self._traced

    def _widened(self, here: Frame, value: Any) -> int:
        """The running line, where it made a value in double precision out of others; else 0."""
        return self._running(here) if self.single and wide(value) else 0

    def _keep_given(self, function: str, name: str, now: Any) -> None:
        """What an argument of the function that is called is; the same as before only once."""
        start, before = self.last_given.get((function, name), (0, None))
        if before is None or not same(before, now):
            start = sum(array.size for array in self.handed)
            if start + now.size > MOST_HANDED:
                return
            self.handed.append(now)
            self.last_given[function, name] = start, now
        if len(self.given) < MOST_GIVEN:
            names = (self._place_of(function), self._place_of(name))
            self.given.append((self.calls - 1, *names, start, now.size))

    def _place_of(self, name: str) -> int:
        """Where a name stands among all."""
        if name not in self.names:
            self.names.append(name)
        return self.names.index(name)

    def _handed_over(self, now: Any, outside: tuple[int, ...], made: int) -> tuple[int, ...]:
        """The records of an argument: a variable's own, or a new one of a value without a name."""
        here = self.frames[-1]
        statement = self.statements.get(here.line)
        read = {name: here.values.get(name) for name in (statement.reads if statement else ())}
        for name, value in (read | here.values).items():  # h may have the numbers of h_0 still
            if name and value is not None and same(value, now):
                whole = (now == np.round(now)).all()  # 0 and 1 are found everywhere
                return outside if whole else here.given(name)
        number = self._add(here, "", now, now, made)
        return outside if number is None else (number,)

    def _traced(self, frame: FrameType, event: str, arg: Any) -> Any:
        if self.full or not self.frames:
            return None
        here = self.frames[-1]
        self._look(here)
        if event == "line":
            last, statement = self.statements.get(here.line), self.statements.get(frame.f_lineno)
            done = last is not statement or last is None or last.first == last.last
            self._settle(here, frame.f_locals, done=done)
            if statement is not last:
                here.called = []
            here.line = frame.f_lineno
        elif event == "return":
            self._settle(here, frame.f_locals)
            parts = [] if arg is None else list(leaves("return", arg))
            # Of several values, each; of one in several parts, all.
            several = type(arg) is tuple and len(arg) == len(parts)
            each = arg if several else (arg,) * len(parts)
            made = [
                self._add(here, name, value, value, self._widened(here, one))
                for (name, value), one in zip(parts, each, strict=True)
            ]
            self.frames.pop()
            self.result = [n for n in made if n is not None]
            if self.frames:
                before = self.frames[-1].called[-MOST_PARTS:]
                self.frames[-1].called = [*before, *self.result]
        return self._traced

    def _caller(self) -> tuple[int, int]:
        """The lines of the statement that called the function that is running; 0 outside."""
        outer = self.frames[-2] if len(self.frames) > 1 else None
        statement = self.statements.get(outer.line) if outer else None
        return (statement.first, statement.last) if statement else (0, 0)

    def _read_by_running(self, result: str = "") -> Iterator[tuple[int, int]]:
        """The records that the running statement of the innermost call reads for a result."""
        here = self.frames[-1]
        statement = self.statements.get(here.line)
        names, sure = statement.reads_for(result) if statement else ((), False)
        sure = sure and (bool(result) or len(names) == 1)  # what is handed over may read less
        read: dict[int, int] = {}
        for name in names:
            records = here.given(name)
            told = sure and not here.whole(name)
            read |= {n: int(told and n not in here.unsure) for n in records}
        yield from read.items()
        yield from ((n, 0) for n in here.called if n not in read)

    def _perhaps_given(self) -> Iterator[int]:
        """The records that the running statement may have read for something else than a call.

        Where it reads one variable, that is what the function was given.
        """
        here = self.frames[-1]
        yield from here.called
        statement = self.statements.get(here.line)
        reads = statement.reads if statement else ()
        read = [here.given(name) for name in reads]
        if sum(map(bool, read)) > 1 or any(here.whole(name) for name in reads):
            yield from (number for numbers in read for number in numbers)

    def _settle(self, here: Frame, variables: dict[str, Any], *, done: bool = True) -> None:
        """Record what the statement that has just run did to the variables.

        Where it is not `done`, but goes on in another line, nothing is assigned yet.
        """
        statement = self.statements.get(here.line)
        assigned = statement.assigns if statement is not None and done else ()
        changed = []
        for name, value in named_values(variables):
            now, before = flat(value), here.values.get(name)
            if not wide(value):
                here.wide.pop(name, None)
            elif name in assigned or name not in here.wide:
                here.wide[name] = self._widened(here, value)
            if now is None:
                continue
            fresh, places = now, None
            if before is not None and now.shape == before.shape and name not in assigned:
                differs = ~((now == before) | (np.isnan(now) & np.isnan(before)))
                if not differs.any():
                    continue
                fresh, places = now[differs], np.flatnonzero(differs)
            changed.append((name, fresh, now, places))
        made = [
            (name, self._add(here, name, fresh, now, here.wide.get(name, 0), places))
            for name, fresh, now, places in changed
        ]
        for name, number in made:
            if number is not None:
                filled = statement is not None and name in statement.fills
                parts = here.versions.get(name, ())[-MOST_PARTS:] if filled else ()
                here.versions[name] = (*parts, number)

    def _add(
        self, here: Frame, name: str, fresh: Any, now: Any, made: int, places: Any = None
    ) -> int | None:
        """A record of new numbers; None where there is no room for more.

        `made` is the line that made them double precision, or 0; `places` where they stand in the
        variable, of which the rest is as it was.
        """
        here.values[name] = now
        statement = self.statements.get(here.line)
        if statement is None or statement.unset:
            return None
        room = self.count + fresh.size <= MOST_NUMBERS and len(self.rows) < MOST_RECORDS
        if not room or len(self.reads) == MOST_READS:
            self.full = True
            return None
        number = len(self.rows)
        where = (statement.first, statement.last, self._place_of(name), self.count, fresh.size)
        part = int(name in statement.stores), 0 if places is None else self.placed + 1
        self.rows.append((*where, *self._caller(), here.number, *part))
        reads = [(number, *earlier) for earlier in self._read_by_running(name)]
        self.reads += reads[: MOST_READS - len(self.reads)]
        self.wide |= {number: made} if made else {}
        self.numbers.append(fresh)
        self.count += fresh.size
        if places is not None:
            self.places.append(places.astype(np.int64))
            self.placed += fresh.size
        return number


def wide(value: Any) -> bool:
    """Whether a value, or one of a few, is in double precision."""
    if type(value) in (tuple, list):
        return any(type(one) in (np.ndarray, np.float64) and wide(one) for one in value[:64])
    return type(value) in (np.ndarray, np.float64) and value.dtype == np.float64


def same(one: Any, other: Any) -> bool:
    """Whether two flat arrays hold the same numbers; the first one tells most of them apart."""
    if one.size != other.size or (one.size and one[0] != other[0] and one[0] == one[0]):
        return False
    return bool(np.array_equal(one, other, equal_nan=True))


def named_values(variables: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each variable; of a dictionary with names for keys, each value as one of its own."""
    for name, value in list(variables.items()):
        if type(value) is dict and value and all(type(key) is str for key in value):
            for key, inner in list(value.items())[:64]:
                yield kept_as(name, key), inner
        else:
            yield name, value


def flat(value: Any) -> Any:
    """The numbers in a variable, in one row; None where it holds something else, or too many."""
    parts = [array for _name, array in leaves("", value)]
    if not parts:
        return None
    whole = np.concatenate(parts)
    return whole if whole.size <= LARGEST else None


def leaves(name: str, value: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Each array in a value, lists and dicts opened, as a flat copy in float64."""
    if isinstance(value, (bool, str, bytes)) or value is None or depth > 3:
        return
    if isinstance(value, dict):
        for key, part in list(value.items())[:64]:
            yield from leaves(f"{name}[{str(key)[:40]}]", part, depth + 1)
    elif isinstance(value, (list, tuple)) and not all(type(v) in (int, float) for v in value):
        for n, part in enumerate(value[:64]):
            yield from leaves(f"{name}[{n}]", part, depth + 1)
    else:
        try:
            array = np.asarray(value)
        except Exception:  # noqa: BLE001 - an object of the student's may do anything
            return
        if array.dtype.kind in "fiub" and array.size <= LARGEST:
            yield name, array.astype(np.float64).ravel()
