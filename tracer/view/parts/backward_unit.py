"""One unit at one step on the way back: what the step after sends, and the arithmetic."""

from __future__ import annotations

from functools import partial

import numpy as np
from rich.cells import cell_len
from rich.text import Text

from tracer.cells.evaluation import block
from tracer.equations import Quantity
from tracer.equations.expression import Binary, Expression
from tracer.equations.parsing import parse
from tracer.language import _
from tracer.view.parts.unit import LONGEST_BAR
from tracer.view.parts.worked import Worked, in_trace, place_of, rounded, worked
from tracer.view.say.arithmetic import Functions, Value, functions
from tracer.view.say.numbers import number, signed
from tracer.view.say.sentence import Sentence
from tracer.view.terminal.console import Abilities, folded
from tracer.view.terminal.palette import palette
from tracer.view.terminal.worked import worked_lines

FROM_HEAD = parse("d_logits @ V")
"""Where d_h_from_loss comes from when a head reads h. The list of quantities leaves it open, for
any loss may stand there."""


def backward_unit(sentence: Sentence, step: int, unit: int, able: Abilities) -> list[Text]:
    """The table of what comes back, and every equation with its numbers put in."""
    called = functions(sentence.trace.cell, unicode=able.unicode)
    rows = [_worked(sentence, q, step, unit, called) for q in sentence.gradient_rows()]
    return [*_from_next(sentence, step, unit, able), *worked_lines(rows, able)]


def backward_unit_legend(sentence: Sentence) -> list[tuple[str, str]]:
    """What is to be known to read the equations: marks and their meanings."""
    listed = [
        ("d_h", _("∂L/∂h: what the loss does if h of this unit grows a little; + rises, - falls")),
        ("_from_loss", _("the part that comes from the output of this very step")),
        ("_from_next", _("the part that comes back from the step after")),
        ("_next", _("the number of the step after")),
        (f"{_slope_name(sentence)}'(z)", _("the slope there: small where the function is flat")),
    ]
    if sentence.has("c"):
        listed.append(("d_c", _("∂L/∂c, the same for the memory c")))
    return [*listed, rounded()]


def _slope_name(sentence: Sentence) -> str:
    return "tanh" if sentence.has("c") else functions(sentence.trace.cell).names.get("f", "f")


def _worked(
    sentence: Sentence, quantity: Quantity, step: int, unit: int, called: Functions
) -> Worked:
    """A gradient worked out; or its number alone, with a note where that has no equation here."""
    trace, equation = sentence.trace, quantity.equation
    result = float(sentence[quantity.name][step, unit])
    alone = partial(Worked, place_of(sentence, quantity.name, step, unit), "", "", number(result))
    if not equation and trace.head is not None and sentence.has("d_logits"):
        if not sentence["d_logits"][step].any():
            return alone(note=_("this step's output does not count"))
        column = trace.head.V[:, sentence.unit_names[unit]]
        values: dict[str, Value] = {"d_logits": sentence["d_logits"][step], "V": column}
        return worked(alone().place, FROM_HEAD, values, result, called)
    if quantity.name.endswith("_from_next") and _is_last(sentence, step):
        if result:
            return alone(note=_("from a step that was cut away"))
        return alone(note=_("no step after this one"))
    if not equation:
        return alone()
    products = [node for node in quantity.expression.nodes() if _is_product(node)]
    if len(products) > 1:
        return alone(note=_("the sum of the shares above"))
    return in_trace(sentence, quantity, step, unit, called)


def _is_product(node: Expression) -> bool:
    return isinstance(node, Binary) and node.sign == "@"


def _from_next(sentence: Sentence, step: int, unit: int, able: Abilities) -> list[Text]:
    """What each gate of the step after sends back to this unit's h, as bars on one scale."""
    colours = palette(able)
    cell = sentence.trace.cell
    if not cell.equations.gates or _is_last(sentence, step):
        return []
    name = sentence.unit_names[unit]
    shares = {}
    for gate in cell.equations.gates:
        weights = block(cell, f"W_{gate}")
        assert weights is not None
        d_z = sentence.trace.last[f"d_z_{gate}"][step + 1, sentence.number].astype(float)
        shares[gate] = float(d_z @ weights[:, name].astype(float))
    finite = [abs(value) for value in shares.values() if np.isfinite(value)]
    scale = max(finite, default=1.0) or 1.0
    t = step + sentence.first
    said = _("what t = {after} sends back to h_{t}[{unit}], gate by gate")
    said = said.format(after=t + 1, t=t, unit=name)
    lines = folded(Text(said, style=colours.faint), able.width, "  ")
    for gate, value in shares.items():
        line = Text("  ").append(gate, "bold").append("  ")
        line.append(colours.signed_bar(value, scale, LONGEST_BAR), colours.of_class(value > 0))
        line.append(f" {signed(value):>9}")
        formula = f"  d_z_{gate}_next @ W_{gate}"
        if cell_len(line.plain + formula) <= able.width:
            line.append(formula, colours.faint)
        lines.append(line)
    return [*lines, Text("")]


def _is_last(sentence: Sentence, step: int) -> bool:
    return step == sentence.T - 1
