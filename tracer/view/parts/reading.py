"""A right answer reads a sentence: its state after each word, and what the network then says."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.exercises.exercise import Exercise
from tracer.grading.report import Reading
from tracer.language import _
from tracer.view.parts.said import Said, Tone
from tracer.view.say.numbers import percent


@dataclass(frozen=True, slots=True)
class WordRow:
    """A word, and the state h after it; `t` counts from 1."""

    t: int
    word: str
    h: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ReadAloud:
    """What is seen of it.

    Attributes
    ----------
    said : Said
        Who reads what.
    rows : tuple of WordRow
    after : tuple of Said
        What the network says, and whether tracer has the same numbers.
    reading : Reading
    """

    said: Said
    rows: tuple[WordRow, ...]
    after: tuple[Said, ...]
    reading: Reading


def read_aloud(exercise: Exercise, reading: Reading) -> ReadAloud:
    """The part."""
    sentence = " ".join(reading.words)
    said = _("Your {function} reads “{sentence}” with the trained weights of {model}:").format(
        function=reading.function, sentence=sentence, model=reading.model
    )
    rows = tuple(
        WordRow(t, word, tuple(h.tolist()))
        for t, (word, h) in enumerate(zip(reading.words, reading.h, strict=True), 1)
    )
    answer = _("After your last h, the network answers softmax(V h + b): {label}, {share}.").format(
        label=reading.label, share=percent(reading.share)
    )
    command = f'tracer show "{sentence}" --cell {exercise.equations}'
    same = _("All {count} numbers are the same in tracer: {command}")
    if not reading.same:
        same = _("Not all of the {count} numbers are the same in tracer: {command}")
    same = same.format(count=reading.h.size, command=command)
    after = (Said(answer, Tone.STRONG), Said(same, Tone.ASIDE, command))
    return ReadAloud(Said(said), rows, after, reading)
