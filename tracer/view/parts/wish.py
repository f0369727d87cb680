"""What somebody asked to see of a sentence: some steps, one unit, certain rows."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.equations import Kind, Quantity
from tracer.errors import InputError, UnknownNameError
from tracer.language import _
from tracer.view.say.sentence import Sentence

WHAT = ("gates", "states", "output", "backward")
"""The choices of ``--what``; ``backward`` has a screen of its own."""

LONG = 100_000
"""Steps of a run that a screen looks at, every one of them."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asked to see.

    Attributes
    ----------
    steps : tuple of int or None
        First and last step as screens number them, both included; None where nobody said.
    unit : int or None
        A unit to look at closely, from 0.
    what : {"gates", "states", "output", "backward"} or None
    """

    steps: tuple[int, int] | None = None
    unit: int | None = None
    what: str | None = None


def chosen_steps(sentence: Sentence, wish: Wish) -> list[int] | None:
    """The steps that were asked for, from 0, or None where nothing was asked."""
    if wish.steps is None:
        return None
    first, last = (step - sentence.first for step in wish.steps)
    chosen = [step for step in range(sentence.T) if first <= step <= last]
    if not chosen:
        raise InputError(
            _(
                "steps {first}:{last} are out of range: this sentence has steps {start} to {end}"
            ).format(
                first=wish.steps[0],
                last=wish.steps[1],
                start=sentence.first,
                end=sentence.first + sentence.T - 1,
            )
        )
    return chosen


def chosen_unit(sentence: Sentence, wish: Wish) -> int | None:
    """The index of the unit that was asked for, if it exists."""
    if wish.unit is None:
        return None
    if wish.unit not in sentence.unit_names:
        raise InputError(
            _("there is no unit {unit}; this layer has units 0 to {last}").format(
                unit=wish.unit, last=sentence.trace.H - 1
            )
        )
    return sentence.unit_names.index(wish.unit)


def chosen_quantities(sentence: Sentence, what: str | None) -> list[Quantity]:
    """The rows that ``--what`` asks for: gates, states, or both, in computing order.

    Gates are what a step computes on the way to its states; a cell without gates shows the sum z
    in their place.
    """
    if what is not None and what not in WHAT:
        raise UnknownNameError("choice for --what", what, WHAT)
    states = set(sentence.trace.equations.state)
    rows = list(sentence.rows())
    gates = {q.name for q in rows if q.level == "gates"}
    if not gates:
        gates = {q.name for q in rows if q.kind == Kind.PRE_ACTIVATION and q.level is not None}
    wanted = {"gates": gates, "states": states, None: gates | states}.get(what, set())
    return [quantity for quantity in rows if quantity.name in wanted]


def check_gradients(sentence: Sentence) -> None:
    """An error that says what to do where there is nothing to show."""
    if not sentence.has("d_h"):
        raise InputError(
            _(
                'this trace has no gradients; make one that does: tracer show "SENTENCE" --what '
                "backward --save FILE, or model.trace(..., backward=True) in Python"
            )
        )
