"""A sentence step by step: the student's states beside those that are right, number for number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracer.equations import CELLS, Kind
from tracer.exercises.exercise import Exercise
from tracer.grading.report import Array, Difference, Unrolled
from tracer.language import _
from tracer.view.parts.said import Meaning, Said, Tone
from tracer.view.parts.step.cells import scale_of
from tracer.view.say.numbers import column
from tracer.view.say.own_words import OwnWords

MOST = 4
"""Steps that are all shown; of more, those around the first wrong number."""


MOST_DIGITS = 4
"""Decimals at most; two where that shows both numbers of each pair as what they are."""


@dataclass(frozen=True, slots=True)
class StateRow:
    """One quantity after one step, as it came and as it is right.

    Attributes
    ----------
    t : int
        The step, from 1; 0 of the state before the first.
    quantity, called : str
        By its name on the list, and by that of the exercise.
    kind : Kind
    scale : float
        The size that fills a cell.
    yours, right : tuple of float
        One for each unit; before the first step the same.
    differs : tuple of bool
        Where they are not the same.
    first : int or None
        The unit whose number is the first wrong one of all.
    """

    t: int
    quantity: str
    called: str
    kind: Kind
    scale: float
    yours: tuple[float, ...]
    right: tuple[float, ...]
    differs: tuple[bool, ...]
    first: int | None = None

    def alike(self, digits: int) -> int:
        """How many wrong numbers look like the right ones in so many decimals."""
        pairs = zip(self.yours, self.right, self.differs, strict=True)
        return sum(
            wrong and column(one, digits=digits) == column(other, digits=digits)
            for one, other, wrong in pairs
        )


@dataclass(frozen=True, slots=True)
class SideBySide:
    """The steps around the first wrong number.

    Attributes
    ----------
    said : Said
        What is seen.
    sentence : int
        Which one of the batch, from 0.
    rows : tuple of StateRow
    unit : int
        That of the first wrong number.
    notes : tuple of Said
        What is left out, and where the sentence is over.
    """

    said: Said
    sentence: int
    rows: tuple[StateRow, ...]
    unit: int
    notes: tuple[Said, ...]

    @property
    def units(self) -> int:
        """How many units there are."""
        return len(self.rows[0].yours)

    @property
    def digits(self) -> int:
        """The fewest decimals in which as many as possible of the wrong numbers look wrong."""
        alike = {n: _alike(self.rows, n) for n in range(2, MOST_DIGITS + 1)}
        return min(alike, key=alike.__getitem__)

    @property
    def marks(self) -> tuple[str, str]:
        """What the two marks mean: of the first wrong number, and of others."""
        others = sum(sum(row.differs) for row in self.rows) > 1
        return _("the first wrong number"), _("not right either") if others else ""


def side_by_side(
    exercise: Exercise, states: Unrolled, first: Difference, words: OwnWords
) -> SideBySide:
    """The part; `first` is the first wrong number, and a number of `states`."""
    assert first.step is not None
    T = min(len(array) for array in states.came.values())
    shown = range(T)
    if T > MOST:
        shown = range(max(first.step - 1, 0), min(first.step + 2, T))
    rows = [
        *(_rows_before(exercise, states, words) if not shown[0] else ()),
        *(row for t in shown for row in _rows(exercise, states, first, words, t)),
    ]
    said = _("Sentence {n} step by step, drawn as tracer show draws it:").format(n=states.row)
    notes = tuple(_notes(states, shown, T))
    if _alike(rows, MOST_DIGITS):
        said_of_them = _("Where both numbers look the same, they differ in a later decimal.")
        notes = (Said(said_of_them, Tone.ASIDE), *notes)
    return SideBySide(Said(said), states.row, tuple(rows), first.at[-1], notes)


def _alike(rows: Sequence[StateRow], digits: int) -> int:
    return sum(row.alike(digits) for row in rows)


def _rows_before(exercise: Exercise, states: Unrolled, words: OwnWords) -> Iterator[StateRow]:
    """The state before the first step, which both begin with."""
    for name, array in states.initial.items():
        numbers = _numbers(array)
        before = f"{name}_0"
        called = words.names([before])[0]
        kind, scale = _kind(exercise, states, name)
        yield StateRow(0, before, called, kind, scale, numbers, numbers, (False,) * len(numbers))


def _rows(
    exercise: Exercise, states: Unrolled, first: Difference, words: OwnWords, t: int
) -> Iterator[StateRow]:
    for name, came in states.came.items():
        here = (t, name) == (first.step, first.quantity)
        kind, scale = _kind(exercise, states, name)
        yield StateRow(
            t + 1, name, words.names([name])[0], kind, scale,
            _numbers(came[t]), _numbers(states.right[name][t]),
            tuple(map(bool, states.inexact[name][t])), first.at[-1] if here else None,
        )  # fmt: skip


def _kind(exercise: Exercise, states: Unrolled, name: str) -> tuple[Kind, float]:
    """What kind of number it is, and what fills its cell: the same at all steps."""
    equations = CELLS.get(exercise.equations)
    if equations is None or name not in equations:
        return Kind.MEMORY, scale_of(states.right[name].ravel())
    bounds = equations.range(name)
    bounded = bounds is not None and bounds[1] == 1
    return equations[name].kind, 1.0 if bounded else scale_of(states.right[name].ravel())


def _numbers(array: Array) -> tuple[float, ...]:
    return tuple(array.astype(float).tolist())


def _notes(states: Unrolled, shown: range, T: int) -> Iterator[Said]:
    if states.length < shown[-1] + 1:
        said = _("The sentence is over after t = {t}: from there on its state stands still.")
        yield Said(said.format(t=states.length), Tone.ASIDE)
    if len(shown) < T:
        said = _("Of {count} steps, those around the first wrong number are shown.")
        yield Said(said.format(count=T), Tone.ASIDE)


def marks(part: SideBySide, first: str, other: str) -> list[Meaning]:
    """The marks that are used, and what they mean."""
    meant = zip((first, other), part.marks, strict=True)
    return [Meaning(mark, meaning) for mark, meaning in meant if meaning]
