"""Quantities that a sentence names and the exercise does not: what each of them is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tracer.exercises.exercise import Exercise
from tracer.language import _
from tracer.view.say.diagnosis import FEW, Told
from tracer.view.say.meaning import meaning
from tracer.view.say.own_words import OwnWords

PAGE = "README.md"

_WORD = re.compile(r"\w+")


def explained(exercise: Exercise, sentences: Sequence[Told], words: OwnWords) -> Iterator[Told]:
    """What the names mean that stand in no page of the exercise; of many, nothing."""
    if exercise.program is None or not sentences:
        return
    said = [word for one in sentences for word in _WORD.findall(one.text)]
    read = _read(exercise)
    unknown = [
        name
        for name in dict.fromkeys(said)
        if name in exercise.program.names
        and name not in read
        and not words.has_part(name)
        and _what(exercise, name)
    ]
    yield from (Told(text, aside=True) for text in words.legend(said))
    for name in unknown if len(unknown) <= FEW else ():
        what = words.text(_what(exercise, name))
        yield Told(_("{name} is {meaning}.").format(name=name, meaning=what), aside=True)


def _what(exercise: Exercise, name: str) -> str:
    """The list's line of a quantity; of a block, and of a gradient without one, what it is of."""
    listed = meaning(exercise, name)
    assert exercise.program is not None
    if listed or name not in exercise.program.names:
        return listed
    if name in exercise.program.blocks:
        whole, _above = exercise.program.blocks[name]
        return _("the block of {name} for {gate}").format(name=whole, gate=name.rpartition("_")[2])
    of = name.removeprefix("d_")
    known = of != name and of in exercise.program.names
    return "" if not known else _("how the loss changes with {name}").format(name=of)


def _read(exercise: Exercise) -> set[str]:
    """Every word that stands where the student reads it: the page, the stub, the signatures."""
    words = set(_WORD.findall(" ".join(exercise.signatures)))
    for path in (exercise.folder / PAGE, exercise.stub):
        if path.is_file():
            words |= {*_WORD.findall(path.read_text("utf-8", "replace"))}
    return words
