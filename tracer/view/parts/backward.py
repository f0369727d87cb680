"""What ``tracer show --what backward`` shows of one sentence: the loss, the way back, every step.

The steps come in the order of the way back, the last one first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tracer.equations import Quantity
from tracer.language import _
from tracer.model.gradientflow import norms
from tracer.view.parts.heading import Heading, Unknown, heading, unknown_words
from tracer.view.parts.said import Meaning, Said, Tone
from tracer.view.parts.step.backward_unit import BackwardUnit, backward_unit, backward_unit_legend
from tracer.view.parts.step.cells import Cells, cells, rounded_up
from tracer.view.parts.wish import Wish, check_gradients, chosen_steps, chosen_unit
from tracer.view.say.backward_words import backward_words, loss_words
from tracer.view.say.sentence import Sentence


@dataclass(frozen=True, slots=True)
class WayRow:
    """A word, and how large each gradient is there; `step` as screens count."""

    step: int
    word: str
    sizes: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """The sizes of the states' gradients (`names`: d_c, d_h) at every step, the first one first."""

    names: tuple[str, ...]
    rows: tuple[WayRow, ...]


@dataclass(frozen=True, slots=True)
class BackwardStep:
    """One step on the way back; `size` is the length of d_h."""

    step: int
    word: str
    size: float
    said: Said
    body: Cells | BackwardUnit


@dataclass(frozen=True, eq=False)
class Backward:
    """The parts of the screen, each made when it is looked at.

    Raises
    ------
    InputError
        Where it is made, if the trace has no gradients, or the steps or the unit that were asked
        for do not exist.
    """

    sentence: Sentence
    wish: Wish

    def __post_init__(self) -> None:
        check_gradients(self.sentence)
        self.asked, self.unit  # noqa: B018 - to say now what does not exist

    @cached_property
    def asked(self) -> tuple[int, ...] | None:
        """The steps (from 0) that were asked for; None where nobody said which."""
        chosen = chosen_steps(self.sentence, self.wish)
        return None if chosen is None else tuple(chosen)

    @cached_property
    def unit(self) -> int | None:
        """The place of the unit that was asked for."""
        return chosen_unit(self.sentence, self.wish)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Every gradient that has a number for each unit."""
        return tuple(self.sentence.gradient_rows())

    @cached_property
    def heading(self) -> Heading:
        """What is looked at."""
        return heading(self.sentence)

    @cached_property
    def loss(self) -> tuple[Said, ...]:
        """Against which answer the loss was taken."""
        return tuple(Said(said, Tone.ASIDE) for said in loss_words(self.sentence))

    @cached_property
    def way(self) -> Way:
        """The whole way back."""
        names = [f"d_{name}" for name in self.sentence.trace.equations.state[::-1]]
        sizes = {name: norms(self.sentence[name]) for name in names if self.sentence.has(name)}
        rows = (
            WayRow(
                t + self.sentence.first,
                self.sentence.word(t),
                tuple(float(values[t]) for values in sizes.values()),
            )
            for t in range(self.sentence.T)
        )
        return Way(tuple(sizes), tuple(rows))

    @cached_property
    def unknown(self) -> Unknown | None:
        """The words that the model does not know."""
        return unknown_words(self.sentence)

    def step(self, t: int) -> BackwardStep:
        """The step `t`, from 0."""
        return BackwardStep(
            step=t + self.sentence.first,
            word=self.sentence.word(t),
            size=float(norms(self.sentence["d_h"][[t]])[0]),
            said=Said(backward_words(self.sentence, t, self.unit), Tone.TOLD),
            body=self._body(t),
        )

    def _body(self, t: int) -> Cells | BackwardUnit:
        if self.unit is not None:
            return backward_unit(self.sentence, t, self.unit)
        return self.cells(t)

    def cells(self, t: int) -> Cells:
        """The gradients of the step `t`, from 0, on a scale of its own."""
        names = [quantity.name for quantity in self.quantities]
        scale = rounded_up(self.sentence[name][t] for name in names)
        return cells(self.sentence, t, self.quantities, dict.fromkeys(names, scale))

    def steps(self) -> Iterator[BackwardStep]:
        """The steps that were asked for, or all, the last one first."""
        return map(
            self.step, reversed(range(self.sentence.T) if self.asked is None else self.asked)
        )

    def parts(self) -> Iterator[Heading | Said | Way | Unknown | BackwardStep | Meaning]:
        """All of it, from top to bottom."""
        yield self.heading
        yield from self.loss
        yield self.way
        if self.unknown is not None:
            yield self.unknown
        yield from self.steps()
        yield from self.legend

    @cached_property
    def legend(self) -> tuple[Meaning, ...]:
        """What each row means."""
        if self.unit is not None:
            return backward_unit_legend(self.sentence)
        return tuple(Meaning(q.name, _(q.meaning)) for q in self.quantities)
