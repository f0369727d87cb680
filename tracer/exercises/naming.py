"""Which exercise a file is meant for, by its name as browsers and course systems leave it.

``22_lstm_step.py``, ``Lstm-Step (1).ipynb``, ``lstm_step - Copy.py``, ``doe_12345_lstm_step-1.py``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from tracer.exercises.exercise import Folder

E = TypeVar("E", bound=Folder)

_COPY = re.compile(r"(\s*\(\d+\)|[-_ ]\d{1,2}|[-_ ]+copy([-_ ]\d+)?|[-_ ]+kopie)$", re.IGNORECASE)
"""What is put behind a name where one of that name is there already."""

_SENT_IN = r"(?:.*(?:\d|_file)_)?(?:(?:copy_of|kopie_von|copie_de|copia_de)_)?"
"""What a course system puts before it: names, and a number at the end; then, that it is a copy."""

_ENDING = re.compile(r"\.(py|ipynb|txt)$", re.IGNORECASE)
"""Windows hides the last ending, so that there may be two."""

_NUMBERED = r"(?:(?:exercise|ex|task|problem|no)_?)?"


def meant(name: str, exercises: Sequence[E]) -> list[E]:
    """The exercises that the name of a file or folder may mean; mostly one or none.

    The name of the exercise counts, that of its file, and its number alone. A number of another
    exercise before the name makes it unclear.
    """
    stem = _ENDING.sub("", _ENDING.sub("", name))
    shorter = _COPY.sub("", stem)
    while shorter != stem:
        found = _exactly(stem, exercises)  # the name itself may end like a copy
        if found:
            return found
        stem, shorter = shorter, _COPY.sub("", shorter)
    return _exactly(stem, exercises)


def _exactly(stem: str, exercises: Sequence[E]) -> list[E]:
    plain = re.sub(r"[^a-z0-9]+", "_", stem.lower()).strip("_")
    found = []
    for exercise in exercises:
        words = "_?".join(exercise.file.removesuffix(".py").split("_"))
        number = re.escape(exercise.number)
        name = rf"{_SENT_IN}(?:(?P<number>{_NUMBERED}\d\d)_?)?{words}"
        match = re.fullmatch(name, plain)
        if match is not None or re.fullmatch(rf"{_SENT_IN}{_NUMBERED}{number}", plain):
            found.append(exercise)
    numbered = re.match(rf"{_NUMBERED}(\d\d)(?!\d)", plain)
    if numbered is not None:
        other = [e for e in exercises if e.number == numbered[1] and e not in found]
        found += other if found else []
    return found
