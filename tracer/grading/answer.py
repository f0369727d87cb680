"""What came back from a student's process, sorted by check; nothing in it is believed yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tracer.cells.activations import Array
from tracer.grading.report import Kind, Trouble
from tracer.sandbox.frames import TRUNCATED, read_note, unpack

LONGEST_TEXT = 600

_RETURNED = {
    "empty": Kind.EMPTY,
    "none": Kind.NONE,
    "count": Kind.COUNT,
    "ragged": Kind.RAGGED,
    "dtype": Kind.DTYPE,
    "shape": Kind.SHAPE,
    "no function": Kind.NO_FUNCTION,
}


@dataclass(slots=True)
class Answer:
    """The frames of one check.

    Attributes
    ----------
    arrays, kept : dict
        What was returned, by call, step and quantity: at once, and once more after the last call.
    inputs_after : dict
        The inputs after the call, by call and name.
    trouble : Trouble or None
        Why there are no more arrays.
    warnings : list
        Message and line of each warning of NumPy's.
    loaded, finished : bool
        Whether the file could be loaded, and whether the runner was through with the check.
    """

    arrays: dict[tuple[int, int, str], Array] = field(default_factory=dict)
    kept: dict[tuple[int, int, str], Array] = field(default_factory=dict)
    inputs_after: dict[tuple[int, str], Array] = field(default_factory=dict)
    trouble: Trouble | None = None
    warnings: list[tuple[str, int | None]] = field(default_factory=list)
    loaded: bool = False
    finished: bool = False

    @property
    def returned(self) -> int:
        """How many steps gave all they should, counted by calls and steps."""
        return len({(call, step) for call, step, _name in self.arrays})

    @property
    def call(self) -> int:
        """The last call that gave something."""
        return max((key[0] for key in self.arrays), default=0)

    @property
    def step(self) -> int:
        """The last step of that call."""
        return max((key[1] for key in self.arrays if key[0] == self.call), default=0)


@dataclass(slots=True)
class Transcript:
    """All that one process said. `problem` is what the runner would never have written."""

    answers: list[Answer]
    ready: bool = False
    problem: str = ""


def read(response: bytes, checks: int) -> Transcript:
    """Sort the frames of a response. Never raises, whatever the bytes are."""
    frames, problem = unpack(response)
    transcript = Transcript([Answer() for _ in range(checks)])
    transcript.problem = "" if problem == TRUNCATED else problem
    for name, array in frames:
        match name.split("/"):
            case ["ready"]:
                transcript.ready = True
            case ["end"]:
                pass
            case [number, *rest] if _index(number, checks):
                if not _sort(transcript.answers[int(number)], rest, array):
                    transcript.problem = transcript.problem or f"an unexpected name, {name}"
            case _:
                transcript.problem = transcript.problem or f"an unexpected name, {name}"
    return transcript


def _index(text: str, end: int = 4096) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 6 and int(text) < end


def _sort(answer: Answer, name: list[str], array: Array) -> bool:
    """Put one frame into its place; False if it has none."""
    match name:
        case ["loaded"]:
            answer.loaded = True
        case ["note"]:
            _read_end(answer, read_note(array))
        case ["after", call, quantity] if _index(call) and array.dtype.kind == "f":
            answer.inputs_after[int(call), quantity] = array
        case ["kept", call, step, quantity] if _indices(call, step) and array.dtype.kind == "f":
            answer.kept[int(call), int(step), quantity] = array
        case [call, step, quantity] if _indices(call, step) and array.dtype.kind == "f":
            answer.arrays[int(call), int(step), quantity] = array
        case _:
            return False
    return True


def _indices(*texts: str) -> bool:
    return all(_index(text) for text in texts)


def _read_end(answer: Answer, facts: dict[str, Any] | None) -> None:
    """Understand the note with which a check ends."""
    answer.finished = True
    if facts is None:
        answer.trouble = Trouble(Kind.GARBLED, facts={"what": "an unreadable note"})
        return
    call, step = _whole(facts.get("call")) or 0, _whole(facts.get("step")) or 0
    for warning in _list(facts.get("warnings")):
        if isinstance(warning, dict):
            line = _whole(warning.get("line"))
            answer.warnings.append((_text(warning.get("message")), line))
    match facts.get("event"):
        case "done":
            return
        case "raised":
            told: Mapping[str, Any] = {
                "type": _text(facts.get("type")),
                "message": _text(facts.get("message")),
                "line": _whole(facts.get("line")),
                "not_implemented": facts.get("not_implemented") is True,
                "memory": facts.get("memory") is True,
                "loaded": answer.loaded,
            }
            answer.trouble = Trouble(Kind.RAISED, call, step, told)
        case "returned" if _text(facts.get("what")) in _RETURNED:
            kind = _RETURNED[_text(facts["what"])]
            got: object = _text(facts.get("got"))
            if kind is Kind.SHAPE:
                got = tuple(n for n in _list(facts.get("got")) if type(n) is int)
            told = {
                "name": _text(facts.get("name")),
                "got": got,
                "length": _whole(facts.get("length")),
                "dtype": _text(facts.get("dtype")),
            }
            answer.trouble = Trouble(kind, call, step, told)
        case _:
            answer.trouble = Trouble(Kind.GARBLED, call, step, {"what": "an unreadable note"})


def _text(value: object) -> str:
    return value[:LONGEST_TEXT] if isinstance(value, str) else ""


def _whole(value: object) -> int | None:
    return value if type(value) is int and 0 <= value < 10**6 else None


def _list(value: object) -> list[Any]:
    return value[:10] if isinstance(value, list) else []
