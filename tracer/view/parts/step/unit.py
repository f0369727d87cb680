"""One unit at one step: where each sum z comes from, and the arithmetic with the actual numbers."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.equations import CellEquations, Kind
from tracer.language import _
from tracer.view.parts.said import Meaning
from tracer.view.parts.step.worked import Worked, in_trace, rounded
from tracer.view.say.sentence import Sentence

SHARES = ("x", "h", "a")
"""The three shares of a sum z, by the end of their names: the word, the step before, the bias."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum z of one unit, and how much of it comes from the word, the step before, the bias."""

    name: str
    shares: tuple[float, ...]
    worked: Worked
    value: float


@dataclass(frozen=True, slots=True)
class Unit:
    """Every sum z of a unit at a step, and every other quantity worked out."""

    sums: tuple[Sum, ...]
    worked: tuple[Worked, ...]


def unit(sentence: Sentence, step: int, place: int) -> Unit:
    """The unit at that place, at that step, both from 0."""
    computed = [q for q in sentence.rows() if q.equation and q.level is not None]
    sums = tuple(
        Sum(
            quantity.name,
            tuple(float(sentence[f"{quantity.name}_from_{of}"][step, place]) for of in SHARES),
            in_trace(sentence, quantity, step, place),
            float(sentence[quantity.name][step, place]),
        )
        for quantity in computed
        if quantity.kind is Kind.PRE_ACTIVATION
    )
    return Unit(
        sums,
        tuple(
            in_trace(sentence, quantity, step, place)
            for quantity in computed
            if quantity.kind is not Kind.PRE_ACTIVATION
        ),
    )


def unit_legend(sentence: Sentence) -> tuple[Meaning, ...]:
    """What is to be known to read the table and the arithmetic."""
    word, before, bias = (", ".join(_symbols(sentence.trace.equations, of)) for of in SHARES)
    if sentence.has("c"):
        before = _("{product}: from h, not from the memory c").format(product=before)
    z = "z_q" if sentence.trace.equations.gates else "z"
    listed = [
        (_("word"), word),
        (_("previous step"), before),
        (_("bias"), _("{bias}, the same at every step").format(bias=bias)),
        (_("sum"), _("{z}, the sum of the three, before the activation function").format(z=z)),
        (_("bars"), _("right pushes up, left pushes down; one scale for each step")),
    ]
    if sentence.has("c_prev"):
        listed.append(("c_prev", _("the memory c of the previous step")))
    return (*(Meaning(*entry) for entry in listed), rounded())


def _symbols(cell: CellEquations, share: str) -> dict[str, None]:
    """How the sums z write one of their shares, with q for every gate: ``W_q h_(t-1)``."""
    gates = [f"_{gate}" for gate in cell.gates] or [""]
    written = ((cell[f"z{gate}_from_{share}"].symbol, gate) for gate in gates)
    return {symbol.replace(gate, "_q", 1) if gate else symbol: None for symbol, gate in written}
