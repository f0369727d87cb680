"""One unit at one step on the way back: what the step after sends, and the arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from tracer.cells.evaluation import evaluate
from tracer.equations import Quantity
from tracer.equations.expression import Call, Expression
from tracer.equations.parsing import parse
from tracer.language import _
from tracer.view.parts.said import Meaning, Said, Tone
from tracer.view.parts.step.worked import Worked, in_trace, place_of, rounded, worked
from tracer.view.say.arithmetic import Value, functions
from tracer.view.say.numbers import number
from tracer.view.say.sentence import Sentence

FROM_NEXT = "d_h_from_next"
FROM_HEAD = parse("d_logits @ V")
"""Where d_h_from_loss comes from when a head reads h. The list of quantities leaves it open, for
any loss may stand there."""


@dataclass(frozen=True, slots=True)
class SentBack:
    """One term of what the step after sends back: the gate it comes through, or nothing."""

    gate: str
    term: str
    value: float


@dataclass(frozen=True, slots=True)
class BackwardUnit:
    """A unit on the way back.

    Attributes
    ----------
    heading : Said
        Over what was sent back.
    sent_back : tuple of SentBack
        Empty where one equation says all of it.
    worked : tuple of Worked
        Every gradient of the unit.
    """

    heading: Said
    sent_back: tuple[SentBack, ...]
    worked: tuple[Worked, ...]


def backward_unit(sentence: Sentence, step: int, unit: int) -> BackwardUnit:
    """The unit at that place, at that step, both from 0."""
    t, sent_back = step + sentence.first, tuple(_sent_back(sentence, step, unit))
    said = _("what t = {after} sends back to h_{t}[{unit}], term by term")
    if all(sent.gate for sent in sent_back):
        said = _("what t = {after} sends back to h_{t}[{unit}], gate by gate")
    return BackwardUnit(
        Said(said.format(after=t + 1, t=t, unit=sentence.unit_names[unit]), Tone.ASIDE),
        sent_back,
        tuple(_worked(sentence, q, step, unit) for q in sentence.gradient_rows()),
    )


def backward_unit_legend(sentence: Sentence) -> tuple[Meaning, ...]:
    """What is to be known to read the equations."""
    listed = [
        ("d_h", _("∂L/∂h: how the loss changes if this unit's h grows a little; + rises, - falls")),
        ("_from_loss", _("the part from this step's own output")),
        ("_from_next", _("the part that comes back from the next step")),
        ("_next", _("the value at the next step")),
    ]
    slope = next(_slopes(sentence), None)
    if slope is not None:
        listed.append((f"{slope}'(z)", _("the slope there: near 0 where the function saturates")))
    if sentence.has("c"):
        listed.append(("d_c", _("∂L/∂c, the same for the memory c")))
    return (*(Meaning(*entry) for entry in listed), rounded())


def _slopes(sentence: Sentence) -> Iterator[str]:
    """What the slopes in the equations are called, as they come."""
    called = functions(sentence.trace.cell).names
    for quantity in sentence.gradient_rows():
        for node in quantity.expression.nodes() if quantity.equation else ():
            if isinstance(node, Call) and node.slope_of is not None:
                yield called[node.slope_of]


def _worked(sentence: Sentence, quantity: Quantity, step: int, unit: int) -> Worked:
    """A gradient worked out; or its number alone, with a note where that has no equation here."""
    trace, equation = sentence.trace, quantity.equation
    result = float(sentence[quantity.name][step, unit])
    alone = partial(Worked, place_of(sentence, quantity.name, step, unit), "", "", number(result))
    if not equation and trace.head is not None and sentence.has("d_logits"):
        if not sentence["d_logits"][step].any():
            return alone(note=_("this step's output is not in the loss"))
        column = trace.head.V[:, sentence.unit_names[unit]]
        values: dict[str, Value] = {"d_logits": sentence["d_logits"][step], "V": column}
        return worked(alone().place, FROM_HEAD, values, result, functions(trace.cell))
    if quantity.name.endswith("_from_next") and _is_last(sentence, step):
        if result:
            return alone(note=_("from a step that is not in this trace"))
        return alone(note=_("no next step"))
    if not equation:
        return alone()
    if quantity.name == FROM_NEXT and _in_terms(quantity.expression):
        return alone(note=_("the sum of the terms above"))
    return in_trace(sentence, quantity, step, unit)


def _sent_back(sentence: Sentence, step: int, unit: int) -> Iterator[SentBack]:
    """What the step after sends back to this unit's h, term by term of its equation."""
    equation = sentence.trace.equations[FROM_NEXT].expression
    if _is_last(sentence, step) or not _in_terms(equation):
        return
    layer = sentence.trace.last
    for term in equation.terms:
        blocks = filter(None, map(layer.cell.equations.block, term.reads))
        gate = next((block.gate for block in blocks), "")
        values = evaluate(layer.cell, term, layer)[step, sentence.number]
        yield SentBack(gate, str(term), float(values[sentence.unit_names[unit]]))


def _in_terms(equation: Expression) -> bool:
    """Whether it has several terms, and a whole row in one of them: too much for one line."""
    return len(equation.terms) > 1 and bool(equation.reads_rows)


def _is_last(sentence: Sentence, step: int) -> bool:
    return step == sentence.T - 1
