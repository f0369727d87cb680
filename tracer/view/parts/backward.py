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
from tracer.view.parts.said import Meaning, Said, Tone
from tracer.view.parts.screen import Heading, Screen, Unknown
from tracer.view.parts.step.backward_unit import BackwardUnit, backward_unit, backward_unit_legend
from tracer.view.parts.step.cells import Cells, cells, rounded_up
from tracer.view.parts.wish import check_gradients
from tracer.view.say.backward_words import backward_words, loss_words


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
class Backward(Screen):
    """The parts of the screen, each made when it is looked at.

    Raises
    ------
    InputError
        Where it is made, if the trace has no gradients.
    """

    def __post_init__(self) -> None:
        check_gradients(self.sentence)
        super().__post_init__()

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Every gradient that has a number for each unit."""
        return tuple(self.sentence.gradient_rows())

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
        return map(self.step, reversed(self.listed))

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
