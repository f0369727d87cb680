"""One sentence of a trace, as the pictures want it: its words, its numbers, its predictions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from tracer.equations import Kind
from tracer.language import _
from tracer.view.say.words import clean

if TYPE_CHECKING:
    from tracer.equations import Quantity
    from tracer.trace.trace import Trace

Numbers: TypeAlias = npt.NDArray[np.floating[Any]]


NO_ANSWER = -1
"""Stands for the class where the probabilities are not numbers."""


SURE = 1 / 3
"""The share of the way from chance to certainty that an answer must have gone to be no guess."""


@dataclass(frozen=True, eq=False)
class Sentence:
    """Sequence `number` of a trace, without its padding.

    Attributes
    ----------
    trace : Trace
    number : int
        The place in the batch, from 0.
    encoding : str
        What the screen can write; words are cleaned for it.
    """

    trace: Trace
    number: int = 0
    encoding: str = "utf-8"
    _seen: dict[str, Numbers] = field(default_factory=dict, init=False, repr=False)

    @property
    def T(self) -> int:
        """How many steps this sentence has."""
        return int(self.trace.lengths[self.number])

    @property
    def first(self) -> int:
        """What the first step is called on the screen: 1, or more where the trace was cut."""
        return int(self.trace.first_step) + 1

    @cached_property
    def words(self) -> tuple[str, ...] | None:
        """The words, safe to show, or None for a trace that was not made from words."""
        if self.trace.tokens is None:
            return None
        return tuple(clean(word, self.encoding) for word in self.trace.tokens[self.number])

    def word(self, step: int) -> str:
        """The word read at `step` (from 0), or nothing where there are no words."""
        words = self.words
        return words[step] if words is not None and step < len(words) else ""

    @property
    def unknown(self) -> frozenset[int]:
        """The steps (from 0) whose word is not in the model's vocabulary."""
        unknown = self.trace.unknown
        return frozenset(unknown[self.number]) if unknown else frozenset()

    @property
    def given(self) -> int:
        """How many words, from the first, were given; the network said those after them itself."""
        given = self.trace.given
        return given[self.number] if given else self.T

    @property
    def task(self) -> str | None:
        """What the model is asked: ``tag``, ``classify``, ``generate``, or nothing."""
        return self.trace.task

    @property
    def H(self) -> int:
        """How many units there are to see."""
        return int(self["h"].shape[-1])

    @cached_property
    def unit_names(self) -> list[int]:
        """What each unit is called: its index, also where the trace was cut to some units."""
        return [int(unit) for unit in np.atleast_1d(np.arange(self.trace.H)[self.trace.units])]

    def __getitem__(self, name: str) -> Numbers:
        """The numbers of a quantity, (T, units), (T, classes), (T, inputs) or (T,)."""
        if name not in self._seen:
            array, dims = np.asarray(self.trace[name]), self.trace.dims(name)
            if "step" not in dims:
                array = array[np.newaxis]
            if "batch" in dims:
                array = array[:, self.number]
            if "unit" in self.trace.quantity(name).dims and "unit" not in dims:
                array = array[:, np.newaxis]
            self._seen[name] = array[: self.T]
        return self._seen[name]

    def has(self, name: str) -> bool:
        """Whether the trace knows this quantity."""
        return name in self.trace.names

    def rows(self) -> Iterator[Quantity]:
        """Every quantity that has one number for each unit, in computing order; no gradients."""
        return (q for q in self._of_units() if q.kind != Kind.GRADIENT)

    def gradient_rows(self) -> Iterator[Quantity]:
        """Every gradient that has one number for each step and unit, in computing order."""
        return (q for q in self._of_units() if q.kind == Kind.GRADIENT and q.dims[0] == "step")

    def of_unit(self, step: int, unit: int) -> dict[str, float]:
        """Every quantity and every gradient of one unit at one step, by name."""
        rows = (*self.rows(), *self.gradient_rows())
        return {quantity.name: float(self[quantity.name][step, unit]) for quantity in rows}

    def _of_units(self) -> Iterator[Quantity]:
        quantities = (self.trace.quantity(name) for name in self.trace.names)
        return (quantity for quantity in quantities if quantity.dims[-1] == "unit")

    @cached_property
    def best(self) -> list[int] | None:
        """The most probable class after each step, `NO_ANSWER` where its numbers are broken.

        None where there is no output at all.
        """
        if not self.has("probs"):
            return None
        whole = np.isfinite(self["probs"]).all(axis=-1)
        best = np.where(whole, self["probs"].argmax(axis=-1), NO_ANSWER)
        return [int(index) for index in best]

    def share(self, step: int) -> float:
        """The probability of the most probable class; NaN where there is no answer."""
        best = self.best
        if best is None or best[step] == NO_ANSWER:
            return float("nan")
        return float(self["probs"][step, best[step]])

    def label(self, index: int) -> str:
        """The name of a class, safe to show."""
        if index == NO_ANSWER:
            return _("no answer")
        labels = self.trace.labels
        return clean(labels[index], self.encoding) if labels else str(index)

    @cached_property
    def sure_share(self) -> float:
        """The probability from which on an answer is no guess any more: 67 % of two classes."""
        chance = 1 / int(self["probs"].shape[-1])
        return chance + (1 - chance) * SURE

    def is_guess(self, step: int) -> bool:
        """Whether the answer after `step` says little: not far from chance, or no word was known.

        Never where each step has an answer of its own.
        """
        if self.best is None or not self._is_one_answer:
            return False
        return step < self._first_known or not self.share(step) >= self.sure_share

    @cached_property
    def _first_known(self) -> int:
        """The first step (from 0) whose word is known; past the last one if none is."""
        unknown = self.unknown
        return next((step for step in range(self.T) if step not in unknown), self.T)

    @property
    def _is_one_answer(self) -> bool:
        """Whether all steps answer the same question, so that a change says something."""
        return self.task not in ("tag", "generate")

    @cached_property
    def flips(self) -> dict[int, int]:
        """The steps (from 0) at which the answer changes, each with the class that it was before.

        Guesses in between do not count; see `is_guess`.
        """
        flips: dict[int, int] = {}
        before = None
        for step, index in enumerate(self.best or ()):
            if not self._is_one_answer or self.is_guess(step):
                continue
            if before not in (None, index):
                flips[step] = before
            before = index
        return flips

    @cached_property
    def decided(self) -> int | None:
        """The first step (from 0) whose answer is no guess."""
        if self.best is None or not self._is_one_answer:
            return None
        return next((step for step in range(self.T) if not self.is_guess(step)), None)

    @cached_property
    def broken(self) -> Broken | None:
        """The first number that is not finite, or None."""
        return first_broken(self)

    def counts(self, step: int) -> bool:
        """Whether the output after `step` is an answer (for `classify` only the last one is)."""
        counted = self.trace.counted
        return counted is not None and bool(counted[step, self.number])


class Broken(NamedTuple):
    """A number that is not finite: where it stands, with step and unit from 0, and what it is."""

    step: int
    name: str
    unit: int | None
    value: float


def first_broken(sentence: Sentence) -> Broken | None:
    """The first NaN or infinite number of a sentence.

    Found in the order in which the equations compute things; None where every number is finite.
    """
    found: list[tuple[int, int, str, int | None, float]] = []
    for place, name in enumerate(sentence.trace.names):
        quantity = sentence.trace.quantity(name)
        if quantity.level is None or quantity.kind == Kind.GRADIENT:
            continue  # what is rebuilt from other numbers, or comes after them, did not begin it
        numbers = sentence[name]
        broken = np.argwhere(~np.isfinite(numbers))
        if len(broken):
            step, *unit = (int(index) for index in broken[0])
            value = float(numbers[tuple(broken[0])])
            found.append((step, place, name, unit[0] if unit else None, value))
    if not found:
        return None
    step, _place, name, last, value = min(found, key=lambda entry: entry[:2])
    return Broken(step, name, last, value)


def spread(values: Sequence[float] | Numbers) -> tuple[float, float, float] | None:
    """Mean, least and greatest of the finite values; None if there is none."""
    array = np.asarray(values, dtype=float)
    array = array[np.isfinite(array)]
    return (float(array.mean()), float(array.min()), float(array.max())) if array.size else None
