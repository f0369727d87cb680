"""Quantities that a sentence names and the exercise does not: what each of them is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tracer.exercises.exercise import Exercise
from tracer.language import _
from tracer.view.say.diagnosis import FEW, Told
from tracer.view.say.meaning import meaning

PAGE = "README.md"

_WORD = re.compile(r"\w+")


def explained(exercise: Exercise, sentences: Sequence[Told]) -> Iterator[Told]:
    """What the names mean that stand in no page of the exercise; of many, nothing."""
    if exercise.program is None or not sentences:
        return
    said = [word for one in sentences for word in _WORD.findall(one.text)]
    read = _read(exercise)
    unknown = [
        name
        for name in dict.fromkeys(said)
        if name in exercise.program.names and name not in read
        and meaning(exercise.equations, name)
    ]  # fmt: skip
    for name in unknown if len(unknown) <= FEW else ():
        what = meaning(exercise.equations, name)
        yield Told(_("{name} is {meaning}.").format(name=name, meaning=what), aside=True)


def _read(exercise: Exercise) -> set[str]:
    """Every word that stands where the student reads it: the page, the stub, the signatures."""
    words = set(_WORD.findall(" ".join(exercise.signatures)))
    for path in (exercise.folder / PAGE, exercise.stub):
        if path.is_file():
            words |= {*_WORD.findall(path.read_text("utf-8", "replace"))}
    return words
