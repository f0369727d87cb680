"""What ``tracer diff`` shows: why two traces part, how far at each word, and where it begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from tracer.equations import Kind
from tracer.language import _, plural
from tracer.trace.part import at_once
from tracer.view.parts.first_place import FirstPlace, first_place, what_follows
from tracer.view.parts.said import Said, Tone
from tracer.view.parts.strip import Answer, answer
from tracer.view.parts.wish import LONG, chosen_quantities
from tracer.view.say.numbers import apart, percent
from tracer.view.say.sentence import Numbers, Sentence
from tracer.view.say.words import clean

if TYPE_CHECKING:
    from tracer.trace.differing import Divergence
    from tracer.trace.trace import Trace


BEFORE, AFTER = 10, 10_000
"""Steps of a very long run that are looked at around the first difference."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: its letter, the name of its file, and its words."""

    letter: str
    name: str
    words: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Most:
    """A quantity where the two are farthest apart.

    Attributes
    ----------
    name : str
    unit : int or None
        What screens call the unit, class or input; None for a quantity of one number.
    of_units : bool
        Whether it is a unit.
    a, b : float
    """

    name: str
    unit: int | None
    of_units: bool
    a: float
    b: float

    @property
    def size(self) -> float:
        """How far apart; infinite where only one of them is a number."""
        size = abs(self.a - self.b)
        return size if np.isfinite(size) else float("inf")


@dataclass(frozen=True, slots=True)
class StepApart:
    """One step.

    Attributes
    ----------
    step : int
        As screens count.
    words : tuple of str
        The word that both read; or that of A and that of B.
    most : Most or None
        How far the state is apart; None where it is equal.
    answers : tuple of Answer
        That of A and that of B; empty where there is no output.
    """

    step: int
    words: tuple[str, ...]
    most: Most | None
    answers: tuple[Answer, ...]

    @property
    def turns(self) -> bool:
        """Whether the two give different answers."""
        return len({one.label for one in self.answers}) > 1


@dataclass(frozen=True, slots=True)
class Parting:
    """The parts of the screen.

    Attributes
    ----------
    sides : tuple of Side
    said : tuple of Said
        What it comes to.
    measure : str
        The quantity whose distance `steps` have; empty where no quantity of each step differs.
    steps : tuple of StepApart
    gates : tuple of (StepApart, tuple of Most)
        Each gate and state at the steps that tell most.
    first : FirstPlace or None
        None where two words explain it.
    follows : tuple of Said
        What else differs.
    """

    sides: tuple[Side, ...]
    said: tuple[Said, ...]
    measure: str = ""
    steps: tuple[StepApart, ...] = ()
    gates: tuple[tuple[StepApart, tuple[Most, ...]], ...] = ()
    first: FirstPlace | None = None
    follows: tuple[Said, ...] = ()


def parting(
    traces: Sequence[Trace],
    names: Sequence[str],
    found: Divergence | None,
    encoding: str = "utf-8",
) -> Parting:
    """The parts.

    Parameters
    ----------
    traces : two Traces
    names : two str
        What the screen calls them.
    found : Divergence or None
        What `tracer.compare` says.
    encoding : str
        What the screen can write; words are made safe for it.
    """
    where = None
    if found is not None and traces[0].T > LONG:
        traces, found, where = _part_around(traces, found)
    number = 0 if found is None else found.batch
    pair = [Sentence(trace, number, encoding) for trace in traces]
    sides = tuple(
        Side(letter, clean(name, encoding), sentence.words)
        for letter, name, sentence in zip("AB", names, pair, strict=True)
    )
    if found is None:
        agree = plural(
            "The two traces agree in every number ({count} step).",
            "The two traces agree in every number ({count} steps).",
            traces[0].T,
        )
        return Parting(sides, (Said(agree.format(count=traces[0].T), Tone.STRONG),))
    measure = _measure(pair, found)
    steps = tuple(_steps(pair, measure, found)) if measure else ()
    by_words = found.quantity == "x" and pair[0].word(found.step) != pair[1].word(found.step)
    told = [_different_words(pair, found)] if by_words else []
    if where is not None:
        told.append(where)
    if traces[0].N > 1:
        only = _("This shows sentence {number} of {count}, the first one that differs.")
        told.append(only.format(number=found.batch + 1, count=traces[0].N))
    told += _story(steps, measure)
    return Parting(
        sides,
        tuple(Said(text, Tone.STRONG if n == 0 else Tone.PLAIN) for n, text in enumerate(told)),
        measure,
        steps,
        tuple(_gates(pair, steps)) if measure == "h" else (),
        None if by_words else first_place(pair, found),
        tuple(map(Said, what_follows(pair, found, by_words=by_words))),
    )


def _part_around(
    traces: Sequence[Trace], found: Divergence
) -> tuple[Sequence[Trace], Divergence, str | None]:
    """The steps of a very long run around the first difference, and the sentence that says so."""
    if traces[0].quantity(found.quantity).dims[0] != "step":
        return traces, found, None
    start, stop = max(found.step - BEFORE, 0), min(found.step + AFTER, traces[0].T)
    said = _("This shows t = {first} to {last} of {count}, around the first difference.").format(
        first=traces[0].first_step + start + 1,
        last=traces[0].first_step + stop,
        count=traces[0].first_step + traces[0].T,
    )
    also = tuple(replace(other, step=other.step - start) for other in found.also)
    part = [at_once(trace, start, stop) for trace in traces]
    return part, replace(found, step=found.step - start, also=also), said


def _measure(pair: Sequence[Sentence], found: Divergence) -> str:
    """The state, or its gradient, if it differs; else the first quantity that does."""
    backward = pair[0].trace.quantity(found.quantity).kind == Kind.GRADIENT
    for name in ("d_h" if backward else "h", found.quantity):
        has_steps = pair[0].has(name) and pair[0].trace.quantity(name).dims[0] == "step"
        if has_steps and any(_apart(pair, name, t) for t in range(pair[0].T)):
            return name
    return ""


def _distance(a: Numbers, b: Numbers) -> Numbers:
    """|a - b|; infinite where only one of them is a number, 0 where neither is."""
    with np.errstate(invalid="ignore"):
        distance = np.abs(np.asarray(a, float) - b)
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    return np.where(same, 0.0, np.where(np.isnan(distance), np.inf, distance))


def _apart(pair: Sequence[Sentence], name: str, step: int) -> Most | None:
    """The number of a quantity that is farthest apart at a step; None where all are equal.

    Equal means: as near as rounding brings two runs of the same equations.
    """
    a, b = (np.atleast_1d(sentence[name][step]) for sentence in pair)
    distance = _distance(a, b)
    k = int(distance.argmax())
    single = np.float32 in (a.dtype, b.dtype)
    if distance[k] <= (1e-5 if single else 1e-9) * max(1.0, float(np.nan_to_num(abs(b[k])))):
        return None
    of_units = pair[0].trace.quantity(name).dims[-1] == "unit"
    unit = pair[0].unit_names[k] if of_units else k if len(a) > 1 else None
    return Most(name, unit, of_units, float(a[k]), float(b[k]))


def _steps(pair: Sequence[Sentence], measure: str, found: Divergence) -> Iterator[StepApart]:
    for t in range(pair[0].T):
        answers = [answer(sentence, t) for sentence in pair] if measure == "h" else []
        equal = measure == "h" and t < found.step
        yield StepApart(
            step=t + pair[0].first,
            words=tuple(dict.fromkeys(sentence.word(t) for sentence in pair)),
            most=None if equal else _apart(pair, measure, t),
            answers=tuple(one for one in answers if one is not None),
        )


def _different_words(pair: Sequence[Sentence], found: Divergence) -> str:
    """That they read different words, said once."""
    others = sum(pair[0].word(t) != pair[1].word(t) for t in range(pair[0].T))
    said = plural(
        "The words differ at t = {t}: A {a}, B {b}.",
        "The words differ at {count} steps, first at t = {t}: A {a}, B {b}.",
        others,
    )
    words = [sentence.word(found.step) for sentence in pair]
    t = found.step + pair[0].first
    return said.format(count=others, t=t, a=f"'{words[0]}'", b=f"'{words[1]}'")


def _story(steps: Sequence[StepApart], measure: str) -> Iterator[str]:
    """How far they part, and where the answer turns."""
    parted = [step for step in steps if step.most is not None]
    if parted:
        farthest = max(parted, key=_size)
        assert farthest.most is not None
        a, b = apart(farthest.most.a, farthest.most.b)
        said = _("{name} differs most at t = {t}: A {a}, B {b}.")
        if farthest.most.unit is not None:
            said = _("{name} differs most at t = {t}, component {unit}: A {a}, B {b}.")
            if farthest.most.of_units:
                said = _("{name} differs most at t = {t}, unit {unit}: A {a}, B {b}.")
        yield said.format(name=measure, t=farthest.step, unit=farthest.most.unit, a=a, b=b)
    answered = [step for step in steps if len(step.answers) == 2]
    if not answered:
        return
    turned = [step for step in answered if step.turns]
    last = answered[-1]
    if not turned:
        said = _("Both give the same answer at every step; the last is {label}: {both}.")
        yield said.format(label=last.answers[0].label, both=_shares(last))
        return
    said = _("The answers first differ at t = {t}: {both}.")
    yield said.format(t=turned[0].step, both=_told(turned[0]))
    if last is not turned[0]:
        said = _("At the last step both say {label}: {both}.")
        if last.turns:
            said = _("At the last step: {both}.")
        both = _told(last) if last.turns else _shares(last)
        yield said.format(label=last.answers[0].label, both=both)


def _size(step: StepApart) -> float:
    return 0.0 if step.most is None else step.most.size


def _told(step: StepApart) -> str:
    a, b = step.answers
    return f"A {a.label} ({percent(a.share)}), B {b.label} ({percent(b.share)})"


def _shares(step: StepApart) -> str:
    a, b = step.answers
    return f"A {percent(a.share)}, B {percent(b.share)}"


def _gates(
    pair: Sequence[Sentence], steps: Sequence[StepApart]
) -> Iterator[tuple[StepApart, tuple[Most, ...]]]:
    """Each gate and state at the first step that parts, and at the one that parts most."""
    parted = [step for step in steps if step.most is not None]
    if not parted:
        return
    for step in dict.fromkeys((parted[0], max(parted, key=_size))):
        t = step.step - pair[0].first
        found = (_apart(pair, q.name, t) for q in chosen_quantities(pair[0], None))
        yield step, tuple(most for most in found if most is not None)
