"""The first number that differs between two traces, worked out in both, and what else differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from tracer.cells.evaluation import evaluate
from tracer.equations import Kind
from tracer.language import _, plural
from tracer.view.parts.said import Said, Tone
from tracer.view.parts.step.worked import Worked, digits_between, operands, place_of, worked
from tracer.view.say.arithmetic import functions
from tracer.view.say.numbers import apart, number
from tracer.view.say.sentence import Sentence

if TYPE_CHECKING:
    from tracer.trace.differing import Divergence

ALSO = 5
"""Further causes that are listed."""

CLOSE = 1e-5
"""What float32 rounding may do to one equation."""


@dataclass(frozen=True, slots=True)
class FirstPlace:
    """The first number that differs, with all of its unit and its equation in both traces.

    Attributes
    ----------
    said : Said
    quantity : str
    pairs : tuple of (str, float, float)
        Each number of the unit at that step, in computing order; or the one number alone.
    equations : tuple of Worked
    """

    said: Said
    quantity: str
    pairs: tuple[tuple[str, float, float], ...]
    equations: tuple[Worked, ...]


def first_place(pair: Sequence[Sentence], found: Divergence) -> FirstPlace:
    """The place where `tracer.compare` found the two sentences of a pair to part."""
    said = _("First difference: t = {t}, {place}.").format(
        t=found.step + pair[0].first, place=_place(found, pair[0])
    )
    quantity = pair[0].trace.quantity(found.quantity)
    if found.unit is None or quantity.dims[-1] != "unit" or quantity.dims[0] != "step":
        pairs = ((found.quantity, found.got, found.expected),)
        return FirstPlace(Said(said, Tone.STRONG), found.quantity, pairs, ())
    numbers = [sentence.of_unit(found.step, found.unit) for sentence in pair]
    backward = quantity.kind == Kind.GRADIENT
    listed = pair[0].gradient_rows() if backward else pair[0].rows()
    names = [q.name for q in listed if q.name in numbers[1]]
    return FirstPlace(
        Said(said, Tone.STRONG),
        found.quantity,
        tuple((name, float(numbers[0][name]), float(numbers[1][name])) for name in names),
        tuple(_equations(pair, found)),
    )


def _equations(pair: Sequence[Sentence], found: Divergence) -> Iterator[Worked]:
    """The equation with the numbers of each trace, and where a trace does not keep to it."""
    assert found.unit is not None
    quantity = pair[0].trace.quantity(found.quantity)
    if not quantity.equation:
        return
    results = [_result(sentence, found) for sentence in pair]
    owns = [float(sentence[found.quantity][found.step, found.unit]) for sentence in pair]
    parted = {
        letter: own
        for letter, result, own in zip("AB", results, owns, strict=True)
        if abs(result - own) > CLOSE * max(1.0, abs(result))
    }
    shown = [*results, *parted.values()]
    digits = max(digits_between(a, b) for a, b in combinations(shown, 2))
    for letter, sentence, result in zip("AB", pair, results, strict=True):
        note = _("but this trace has {value}") if letter in parted else ""
        yield worked(
            f"{letter}  {place_of(sentence, found.quantity, found.step, found.unit)}",
            quantity.expression,
            operands(sentence, quantity.expression, found.step, found.unit),
            result, functions(sentence.trace.cell), digits=digits,
            note=note.format(value=number(parted.get(letter, 0.0), digits)),
        )  # fmt: skip


def both(a: float, b: float) -> tuple[str, str]:
    """Two numbers as they are written beside each other: alike only where they are equal."""
    return (number(a), number(b)) if a == b else apart(a, b)


def _result(sentence: Sentence, found: Divergence) -> float:
    """What the equation gives with the trace's own numbers."""
    trace = sentence.trace
    whole = evaluate(trace.cell, trace.quantity(found.quantity).expression, trace.last)
    return float(np.broadcast_to(whole, trace["h"].shape)[found.step, found.batch, found.unit])


def _place(found: Divergence, sentence: Sentence) -> str:
    if found.unit is None:
        return found.quantity
    if sentence.trace.quantity(found.quantity).dims[-1] == "unit":
        return _("{name}, unit {unit}").format(name=found.quantity, unit=found.unit)
    return _("{name}, component {unit}").format(name=found.quantity, unit=found.unit)


def what_follows(pair: Sequence[Sentence], found: Divergence, *, by_words: bool) -> Iterator[str]:
    """What else differs, at this place, because of it, and on its own."""
    sentence = pair[0]
    if found.beside and not by_words:
        yield _(
            "At this step, {count} of {total} values of {name} differ; this is the first."
        ).format(
            name=found.quantity, count=found.beside + 1, total=sentence[found.quantity].shape[-1]
        )
    if found.consequences:
        said = plural(
            "{count} later number also differs, but only as a consequence.",
            "{count} later numbers also differ, but only as a consequence.",
            found.consequences,
        )
        if by_words:
            said = plural(
                "{count} other number differs, only because of the words.",
                "{count} other numbers differ, only because of the words.",
                found.consequences,
            )
        yield said.format(count=found.consequences)
    elsewhere = found.again - found.beside
    if elsewhere > 0 and not by_words:
        yield plural(
            "At other steps, {count} more value of {name} differs independently.",
            "At other steps, {count} more values of {name} differ independently.",
            elsewhere,
        ).format(count=elsewhere, name=found.quantity)
    if found.also:
        yield plural(
            "{count} other quantity also differs independently, first at:",
            "{count} other quantities also differ independently, first at:",
            len(found.also),
        ).format(count=len(found.also))
    for other in found.also[:ALSO]:
        a, b = apart(other.got, other.expected)
        yield _("t = {t}, {place}: A {a}, B {b}").format(
            t=other.step + sentence.first, place=_place(other, sentence), a=a, b=b
        )
