"""What ``tracer show`` shows of one sentence: heading, strip, every step, how to read it.

Nothing is left out here: a medium that has no room for everything chooses by `Show.moves`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np

from tracer.equations import Kind, Quantity
from tracer.language import _
from tracer.view.parts.said import Meaning, Said, Tone
from tracer.view.parts.screen import Heading, Screen, Unknown
from tracer.view.parts.step.cells import Cells, cells, is_bounded, range_of, scales_of
from tracer.view.parts.step.output import Output, output
from tracer.view.parts.step.unit import Unit, unit, unit_legend
from tracer.view.parts.strip import Answer, Strip, answer, strip
from tracer.view.parts.wish import Wish, chosen_quantities
from tracer.view.say.narration import narration
from tracer.view.say.numbers import percent
from tracer.view.say.sentence import Numbers, Sentence

Body: TypeAlias = Cells | Output | Unit
"""What a step is shown as."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its number and word, the answer after it, what happens, and its numbers."""

    step: int
    word: str
    answer: Answer | None
    said: Said
    body: Body


@dataclass(frozen=True, slots=True)
class Scaled:
    """A quantity without bounds, and the size that fills its cell."""

    name: str
    scale: float


@dataclass(frozen=True, slots=True)
class Legend:
    """How to read the screen.

    Attributes
    ----------
    rows : tuple of Meaning
        What each row, or each mark of a step, means.
    bounded : tuple of (Kind, str)
        The kinds of cells that have bounds, and what their ends mean.
    unbounded : tuple of Scaled
    words : tuple of Meaning
        What the sentences over each step leave open.
    """

    rows: tuple[Meaning, ...] = ()
    bounded: tuple[tuple[Kind, str], ...] = ()
    unbounded: tuple[Scaled, ...] = ()
    words: tuple[Meaning, ...] = ()


@dataclass(frozen=True, eq=False)
class Show(Screen):
    """The parts of the screen, each made when it is looked at."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.quantities  # noqa: B018 - to say now what does not exist

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """The quantities that have a row: gates and states, or those that were asked for."""
        chosen = chosen_quantities(self.sentence, self.wish.what)
        return tuple(chosen or chosen_quantities(self.sentence, None))

    @cached_property
    def strip(self) -> Strip:
        """The whole sentence, word by word."""
        return strip(self.sentence)

    @cached_property
    def _scales(self) -> dict[str, float]:
        return scales_of(self.sentence, self.quantities)

    def step(self, t: int) -> Step:
        """The step `t`, from 0."""
        sentence = self.sentence
        broken = sentence.broken is not None and sentence.broken.step == t
        return Step(
            step=t + sentence.first,
            word=sentence.word(t),
            answer=answer(sentence, t),
            said=Said(narration(sentence, t, self.unit), Tone.BROKEN if broken else Tone.TOLD),
            body=self._body(t),
        )

    def _body(self, t: int) -> Body:
        if self.wish.what == "output":
            return output(self.sentence, t)
        if self.unit is not None:
            return unit(self.sentence, t, self.unit)
        return self.cells(t)

    def cells(self, t: int) -> Cells:
        """The rows of the step `t`, from 0; gates and states where no rows were asked for."""
        return cells(self.sentence, t, self.quantities, self._scales)

    def steps(self) -> Iterator[Step]:
        """The steps that were asked for, or all."""
        return map(self.step, self.listed)

    def parts(self) -> Iterator[Heading | Strip | Unknown | Step | Legend]:
        """All of it, from top to bottom."""
        yield self.heading
        yield self.strip
        if self.unknown is not None:
            yield self.unknown
        yield from self.steps()
        yield self.legend

    @cached_property
    def moves(self) -> Moves:
        """Where most happens."""
        return moves(self.sentence)

    @cached_property
    def legend(self) -> Legend:
        """How to read it."""
        return legend(self)


@dataclass(frozen=True, eq=False, slots=True)
class Moves:
    """Where most happens: for a medium that has no room for every step and every unit.

    Attributes
    ----------
    turns : tuple of int
        The steps (from 0) where the answer flips, or is no guess for the first time.
    steps : (T,)
        How far h goes at each step, at the unit that goes farthest.
    units : (T, H)
        How far the memory of each unit goes (h, where there is no memory).
    """

    turns: tuple[int, ...]
    steps: Numbers
    units: Numbers


def moves(sentence: Sentence) -> Moves:
    """Where most happens in a sentence; numbers that are not finite go farthest."""
    h, state = (
        np.nan_to_num(np.asarray(sentence[name], dtype=float), posinf=1e300, neginf=-1e300)
        for name in ("h", "c" if sentence.has("c") else "h")
    )
    start = np.zeros((1, state.shape[1]))
    return Moves(
        turns=tuple(sorted({*sentence.flips, sentence.decided or 0})),
        steps=np.abs(np.diff(h, axis=0, prepend=h[:1])).max(axis=1),
        units=np.abs(np.diff(state, axis=0, prepend=start)),
    )


def legend(show: Show) -> Legend:
    """How to read the screen: its rows, its cells, and what its sentences mean."""
    words = tuple(_words_used(show.sentence, show.wish))
    if show.unit is not None:
        return Legend(rows=unit_legend(show.sentence), words=words)
    if show.wish.what == "output":
        score = _("the logit; softmax turns the logits into probabilities")
        return Legend(rows=(Meaning(_("score"), score), *words))
    bounded = {
        (quantity.kind, range_of(show.sentence, quantity))
        for quantity in show.quantities
        if is_bounded(show.sentence, quantity)
    }
    ends = (
        (Kind.SWITCH, (0.0, 1.0), _("a switch, from 0 (closed) to 1 (open)")),
        (Kind.INFORMATION, (-1.0, 1.0), _("information, from -1 to 1, with its sign")),
        (Kind.INFORMATION, (0.0, 1.0), _("information, from 0 to 1, with its sign")),
    )
    return Legend(
        rows=tuple(Meaning(q.name, _(q.meaning)) for q in show.quantities),
        bounded=tuple((kind, said) for kind, span, said in ends if (kind, span) in bounded),
        unbounded=tuple(
            Scaled(q.name, show._scales[q.name])  # noqa: SLF001 - of the same file
            for q in show.quantities
            if not is_bounded(show.sentence, q)
        ),
        words=words,
    )


def _words_used(sentence: Sentence, wish: Wish) -> Iterator[Meaning]:
    """What the sentences over each step leave open."""
    if wish.unit is None and all(sentence.has(name) for name in ("f", "c_prev")):
        said = _(
            "Σ|f·c_prev| / Σ|c_prev| over all units, where c_prev is the previous memory: "
            "larger memories count more"
        )
        yield Meaning(_("keeps … %"), said)
    if any(sentence.is_guess(step) for step in range(sentence.T)):
        said = _("below {sure} (chance: {chance}); guesses do not count as flips")
        if sentence.unknown:
            said = _(
                "below {sure} (chance: {chance}), or only unknown words so far; guesses do not "
                "count as flips"
            )
        chance = 1 / sentence["probs"].shape[-1]
        said = said.format(sure=percent(sentence.sure_share), chance=percent(chance))
        yield Meaning(_("a guess"), said)
