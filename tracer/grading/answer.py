"""What came back from a student's process, sorted by check; nothing in it is believed yet."""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from tracer.exercises.plan import Call
from tracer.exercises.structure import Group, Leaf, Structure
from tracer.grading.report import Kind, Trouble
from tracer.grading.request import Plan, given, returned, room
from tracer.sandbox.frames import NUMBER, TRUNCATED, read_note, unpack
from tracer.sandbox.lent import places

Array = npt.NDArray[Any]

LONGEST_TEXT = 600

MATRIX = 2
"""Axes that a matrix has."""

_RETURNED = {
    "empty": Kind.EMPTY,
    "still none": Kind.STILL_NONE,
    "none": Kind.NONE,
    "count": Kind.COUNT,
    "no dict": Kind.NO_DICT,
    "no entry": Kind.NO_ENTRY,
    "ragged": Kind.RAGGED,
    "dtype": Kind.DTYPE,
    "shape": Kind.SHAPE,
    "no function": Kind.NO_FUNCTION,
    "launch": Kind.LAUNCH,
}


@dataclass(slots=True)
class Answer:
    """The frames of one check.

    Attributes
    ----------
    arrays, kept : dict
        What was returned, by call of the plan and key: at once, and once more after the last call.
    after : dict
        The arguments after the call, or where they were lent as they were in the end, by call and
        place among its arrays.
    gone : set
        Those of them, likewise, that do not stand any more in their dict or list.
    trouble : Trouble or None
        Why there are no more arrays; its call is one of the plan.
    warnings : list of Trouble
        What NumPy or Python warned of, likewise.
    seen : dict
        What was recorded of one call, line by line: ``rows``, ``reads``, ``numbers`` and the
        other parts of `tracer.sandbox.recording.Recorder.table`.
    seen_names : tuple of str
        The variables in it.
    wrote : dict
        Into which arrays the call that was recorded wrote, and the line: of an argument its place
        among the arrays, ``"2"``; of what an earlier call returned its call and key, ``"0/h"``.
    stopped_at : int or None
        The line at which it stood when its time was over; of a loop, its first one.
    in_loop : bool
        Whether that is a loop.
    stopped_in : str
        The module of the earlier answer that the line is of; empty for the answer itself.
    stood_in : dict
        Where it stood in each other module on the way: the line, and whether it is a loop.
    loaded, finished : bool
        Whether the file could be loaded, and whether the runner was through with the check.
    """

    arrays: dict[tuple[int, str], Array] = field(default_factory=dict)
    kept: dict[tuple[int, str], Array] = field(default_factory=dict)
    after: dict[tuple[int, int], Array] = field(default_factory=dict)
    gone: set[tuple[int, int]] = field(default_factory=set)
    trouble: Trouble | None = None
    warnings: list[Trouble] = field(default_factory=list)
    seen: dict[str, Array] = field(default_factory=dict)
    seen_names: tuple[str, ...] = ()
    wrote: dict[str, int] = field(default_factory=dict)
    stopped_at: int | None = None
    in_loop: bool = False
    stopped_in: str = ""
    stood_in: dict[str, tuple[int, bool]] = field(default_factory=dict)
    loaded: bool = False
    finished: bool = False

    @property
    def last_call(self) -> int | None:
        """The last call that gave something."""
        return max((number for number, _key in self.arrays), default=None)


@dataclass(slots=True)
class Transcript:
    """All that one process said. `problem` is what the runner would never have written."""

    answers: list[Answer]
    ready: bool = False
    apart: bool = False
    problem: str = ""


_TYPE = re.compile(r"[^\W\d]{1,40}\d{0,3}")
"""The name of a type. What else a note has in its place is text of the student's, and not shown."""


def read(response: bytes, plans: Sequence[Plan], in_time: int | None = None) -> Transcript:
    """Sort the frames of a response. Never raises, whatever the bytes are.

    Parameters
    ----------
    response : bytes
    plans : sequence of Plan
        One for each check.
    in_time : int, optional
        How many of the bytes came before time was over. What comes later, from code that goes on
        when it is told to end, counts for nothing; only where it stood is read.
    """
    frames, problem = unpack(response[:in_time])
    if in_time is not None:
        later = unpack(response).frames[len(frames) :]
        frames += [frame for frame in later if frame.name.endswith("/stopped")]
    transcript = Transcript([Answer() for _plan in plans])
    transcript.problem = "" if problem == TRUNCATED else problem
    for name, array in frames:
        match name.split("/"):
            case ["ready"]:
                transcript.ready = True
                transcript.apart = (read_note(array) or {}).get("apart") is True
            case ["end"]:
                pass
            case [check, *rest] if _index(check, len(plans)):
                number = int(check)
                if not _sort(transcript.answers[number], plans[number], rest, array):
                    transcript.problem = transcript.problem or f"an unexpected name, {name}"
            case _:
                transcript.problem = transcript.problem or f"an unexpected name, {name}"
    return transcript


def look_at_lent(
    answers: Sequence[Answer], plans: Sequence[Plan], lent: bytes | mmap.mmap, most: int
) -> None:
    """See what the arguments were in the end; whatever was said of them counts for nothing.

    Parameters
    ----------
    answers : sequence of Answer
    plans : sequence of Plan
    lent : bytes or mmap
        The memory in which they were.
    most : int
        Bytes of the largest array that goes in or is asked for.
    """
    sizes = [
        [
            call.arrays[part.key].nbytes if isinstance(part, Leaf) else room(most)
            for call in plan
            for _name, part in given(call)
        ]
        for plan in plans
    ]
    found, length = places(sizes)
    whole = np.frombuffer(lent, np.uint8) if len(lent) else np.zeros(0, np.uint8)
    for answer in answers:
        answer.after.clear()
    if whole.size != length:  # it ended before it lent anything
        return
    for answer, plan, there in zip(answers, plans, found, strict=True):
        left = iter(there)
        for number, call in enumerate(plan):
            for place, (_name, part) in enumerate(given(call)):
                begin = next(left)
                if isinstance(part, Leaf):
                    before = call.arrays.get(part.key)
                else:
                    before = answer.arrays.get((part.call, part.key))
                if before is None or before.nbytes > room(most):
                    continue  # nobody has lent that, whatever a frame said
                raw = whole[begin : begin + before.nbytes]
                answer.after[number, place] = raw.view(before.dtype).reshape(before.shape).copy()


def _index(text: str, end: int) -> bool:
    return NUMBER.fullmatch(text) is not None and int(text) < end


def _sort(answer: Answer, plan: Plan, name: list[str], array: Array) -> bool:
    """Put one frame into its place; False if it has none."""
    match name:
        case ["loaded"]:
            answer.loaded = True
        case ["stopped"]:
            told = read_note(array) or {}
            answer.stopped_at = _whole(told.get("line"))
            answer.in_loop = told.get("loop") is True
            answer.stopped_in = _text(told.get("inside"))
            for other in _list(told.get("others")):
                if isinstance(other, dict) and (line := _whole(other.get("line"))) is not None:
                    answer.stood_in[_text(other.get("inside"))] = line, other.get("loop") is True
        case ["wrote"]:
            answer.wrote = {
                _text(key): line
                for key, line in (read_note(array) or {}).items()
                if _whole(line) is not None
            }
        case ["note"]:
            _read_end(answer, plan, read_note(array))
        case ["after", call, place] if _index(call, len(plan)) and array.dtype != np.uint8:
            if not _index(place, len(given(plan[int(call)]))):
                return False
            answer.after[int(call), int(place)] = array
        case ["gone", call] if _index(call, len(plan)) and array.dtype == np.int64:
            number = int(call)
            places = range(len(given(plan[number])))
            answer.gone |= {(number, place) for place in places if place in array}
        case ["kept", call, key] if _returned(plan, call, key) and array.dtype != np.uint8:
            answer.kept[int(call), key] = array
        case ["seen", "names"]:
            names = (read_note(array) or {}).get("names")
            listed = names if isinstance(names, list) else []
            answer.seen_names = tuple(_text(name) for name in listed)
        case ["seen", "rows" | "reads" | "places" | "given" as part] if array.dtype == np.int64:
            answer.seen[part] = array
        case ["seen", "numbers" | "handed" as part] if array.dtype == np.float64:
            answer.seen[part] = array
        case [call, key] if _returned(plan, call, key) and array.dtype != np.uint8:
            answer.arrays[int(call), key] = array
        case _:
            return False
    return True


def _returned(plan: Plan, call: str, key: str) -> bool:
    return _index(call, len(plan)) and key in returned(plan[int(call)])


def _read_end(answer: Answer, plan: Plan, facts: dict[str, Any] | None) -> None:
    """Understand the note with which a check ends."""
    answer.finished = True
    if facts is None:
        answer.trouble = Trouble(Kind.GARBLED, facts={"what": "an unreadable note"})
        return
    call = _call(facts, plan)
    for warning in _list(facts.get("warnings")):
        if isinstance(warning, dict):
            told: Mapping[str, Any] = {
                "type": _text(warning.get("type")),
                "message": _text(warning.get("message")),
                "line": _whole(warning.get("line")),
            }
            answer.warnings.append(Trouble(Kind.WARNED, _call(warning, plan), facts=told))
    match facts.get("event"):
        case "done":
            return
        case "raised":
            told = {
                "type": _text(facts.get("type")),
                "message": _text(facts.get("message")),
                "line": _whole(facts.get("line")),
                "not_implemented": facts.get("not_implemented") is True,
                "memory": facts.get("memory") is True,
                "again": facts.get("again") is True,
                "product": _product(facts.get("product")),
                "apart": _apart(facts.get("apart")),
                "shapes": _shapes(facts.get("shapes")),
                "rows": _rows(facts.get("rows")),
                "near": _text(facts.get("near")),
                "missing": _text(facts.get("missing")),
                "numba": facts.get("numba") is True,
                "undecorated": facts.get("undecorated") is True,
                "types": _text(facts.get("types")),
                "inside": _text(facts.get("inside")),
                "inside_line": _whole(facts.get("inside_line")),
                "loaded": answer.loaded,
            }
            if told["inside"]:  # of another function than the one that is asked for
                told |= {"not_implemented": False, "stub": told["not_implemented"]}
            answer.trouble = Trouble(Kind.RAISED, call, facts=told)
        case "returned" if _text(facts.get("what")) in _RETURNED:
            kind = _RETURNED[_text(facts["what"])]
            got: object = _text(facts.get("got"))
            if kind is not Kind.NO_ENTRY and not _TYPE.fullmatch(_text(got)):
                got = "object"
            if kind is Kind.SHAPE:
                got = tuple(n for n in _list(facts.get("got")) if type(n) is int)
            told = {
                "name": _own_name(facts.get("name"), plan[call]),
                "got": got,
                "length": _whole(facts.get("length")),
                "dtype": _text(facts.get("dtype")),
                "line": _whole(facts.get("line")),
                "written": facts.get("written") is True,
                "rows": _rows([facts.get("name"), facts.get("rows")]),
            }
            answer.trouble = Trouble(kind, call, facts=told)
        case _:
            answer.trouble = Trouble(Kind.GARBLED, call, facts={"what": "an unreadable note"})


def _own_name(value: object, call: Call) -> str:
    """What is named of a call: its function, or a part of what it returns; else nothing."""
    known = {call.function, call.function.partition(".")[0], *_parts(call.returns)}
    return value if isinstance(value, str) and value in known else ""


def _parts(structure: Structure) -> Iterator[str]:
    """The names of everything in it."""
    if isinstance(structure, Leaf):
        yield structure.key
    elif isinstance(structure, Group):
        for name, part in structure.parts:
            yield name
            yield from _parts(part)


def _call(facts: Mapping[str, Any], plan: Plan) -> int:
    """The call that a note speaks of; the last one where it speaks of none that there is."""
    number = _whole(facts.get("call")) or 0
    return min(number, max(len(plan) - 1, 0))


def _product(value: object) -> tuple[Any, ...] | None:
    """A matrix product whose shapes did not fit: what stands there, each side with its shape."""
    found = _two_sides(value)
    if found is None:
        return None
    _said, (_left, first), (_right, second) = found
    matrices = all(0 < len(shape) <= MATRIX for shape in (first, second))
    return found if matrices and first[-1] != second[0] else None


def _apart(value: object) -> tuple[Any, ...] | None:
    """A sum whose shapes did not spread to each other, likewise."""
    found = _two_sides(value)
    if found is None:
        return None
    _said, (_left, first), (_right, second) = found
    pairs = zip(first[::-1], second[::-1], strict=False)
    return found if any(1 not in pair and len({*pair}) > 1 for pair in pairs) else None


def _shapes(value: object) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Arrays by their names, each with its shape."""
    found = []
    for pair in _list(value):
        name, *rest = _list(pair) or [None]
        if len(rest) == 1 and _text(name).isidentifier():
            found.append((_text(name), tuple(n for n in _list(rest[0]) if type(n) is int)))
    return tuple(found)


def _rows(value: object) -> tuple[str, tuple[int, ...]] | None:
    """What stands for a list, and how long each of its rows is, where they differ."""
    try:
        text, rows = _list(value)
    except ValueError:
        return None
    lengths = tuple(n for n in _list(rows) if type(n) is int)
    return (_text(text), lengths) if _text(text) and len(set(lengths)) > 1 else None


def _two_sides(value: object) -> tuple[Any, ...] | None:
    """What stands somewhere, and each of its two sides with its shape."""
    try:
        text, *sides = _list(value)
        (left, first), (right, second) = sides
    except (TypeError, ValueError):
        return None
    shapes = [tuple(n for n in _list(shape) if type(n) is int) for shape in (first, second)]
    return _text(text), (_text(left), shapes[0]), (_text(right), shapes[1])


def _text(value: object) -> str:
    return value[:LONGEST_TEXT] if isinstance(value, str) else ""


def _whole(value: object) -> int | None:
    return value if type(value) is int and 0 <= value < 10**6 else None


def _list(value: object) -> list[Any]:
    return value[:10] if isinstance(value, list) else []
