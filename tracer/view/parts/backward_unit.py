"""One unit at one step on the way back: what the step after sends, and the arithmetic."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from rich.cells import cell_len
from rich.text import Text

from tracer.cells.evaluation import block, function
from tracer.equations import Quantity
from tracer.language import _
from tracer.view.parts.unit import LONGEST_BAR, functions, hanging
from tracer.view.say.arithmetic import Value, arithmetic
from tracer.view.say.numbers import number, signed
from tracer.view.say.sentence import Sentence
from tracer.view.terminal.console import Abilities, folded
from tracer.view.terminal.palette import palette

FROM_HEAD = "d_logits @ V"
"""Where d_h_from_loss comes from when a head reads h. The list of quantities leaves it open, for
any loss may stand there."""

_SLOPE = re.compile(r"\bd(\w+)\(([^()]*)\)")


def backward_unit(sentence: Sentence, step: int, unit: int, able: Abilities) -> list[Text]:
    """The table of what comes back, and every equation with its numbers put in."""
    colours = palette(able)
    called = functions(sentence.trace.cell, unicode=able.unicode)
    table: list[tuple[str, _Written, float]] = []
    for quantity in sentence.gradient_rows():
        written = _equation(sentence, quantity, step, unit, called)
        result = float(sentence[quantity.name][step, unit])
        t = step + sentence.first
        table.append((f"{quantity.name}_{t}[{sentence.unit_names[unit]}]", written, result))
    wide = (max(len(left) for left, *_ in table), max(len(row.letters) for _, row, _ in table))
    longest = max(len(row.numbers or row.note) for _, row, _ in table)
    aligned = 2 + sum(wide) + longest + 3 * 3 + 8 <= able.width
    lines = [*_from_next(sentence, step, unit, able)]
    for left, written, result in table:
        line = Text("  ").append(left.ljust(wide[0]) if aligned else left, "bold")
        if written.letters:
            letters = written.letters.ljust(wide[1]) if aligned else written.letters
            line.append(f" = {letters}", colours.faint).append(f" = {written.numbers}")
        line.append(" = ").append(number(result), "bold")
        if written.note:
            line.append(f"   {written.note}", colours.faint)
        lines += hanging(line, able.width)
    return lines


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
    return listed


def _slope_name(sentence: Sentence) -> str:
    return "tanh" if sentence.has("c") else functions(sentence.trace.cell).get("f", "f")


class _Written(NamedTuple):
    """An equation in letters and in numbers; or a note where there is none to write."""

    letters: str = ""
    numbers: str = ""
    note: str = ""


def _equation(
    sentence: Sentence, quantity: Quantity, step: int, unit: int, called: Mapping[str, str]
) -> _Written:
    trace = sentence.trace
    equation = quantity.equation
    if not equation and trace.head is not None and sentence.has("d_logits"):
        if not sentence["d_logits"][step].any():
            return _Written(note=_("this step's output does not count"))
        column = trace.head.V[:, sentence.unit_names[unit]]
        values: dict[str, Value] = {"d_logits": sentence["d_logits"][step], "V": column}
        return _Written(FROM_HEAD, arithmetic(FROM_HEAD, values))
    if quantity.name.endswith("_from_next") and _is_last(sentence, step):
        if sentence[quantity.name][step, unit]:
            return _Written(note=_("from a step that was cut away"))
        return _Written(note=_("no step after this one"))
    if not equation or equation.count("@") > 1:
        return _Written(note=_("the sum of the shares above") if equation else "")
    return _Written(_letters(equation, called), _numbers(sentence, equation, step, unit))


def _letters(equation: str, called: Mapping[str, str]) -> str:
    """``d_o * dσ(z_o)`` as ``d_o * σ'(z_o)``, with the functions' real names."""
    return _SLOPE.sub(lambda m: f"{called.get(m[1], m[1])}'({m[2]})", equation)


def _numbers(sentence: Sentence, equation: str, step: int, unit: int) -> str:
    """The equation in numbers; for a slope σ'(z) its value is written."""
    cell = sentence.trace.cell
    values: dict[str, Value] = {}
    slope = _SLOPE.search(equation)
    if slope is not None:
        found = function(cell, f"d{slope[1]}")
        assert found is not None
        z = np.asarray(sentence[slope[2]][step, unit])
        equation = equation.replace(slope[0], "slope")
        values["slope"] = float(found(z))
    for name in re.findall(r"[^\W\d]\w*", equation):
        if name in values:
            continue
        weights = block(cell, name)
        if weights is not None:
            values[name] = weights[:, sentence.unit_names[unit]]
        elif "@" in equation:
            values[name] = sentence.trace.last[name][step, sentence.number]
        elif name.endswith("_next") and not sentence.has(name):
            values[name] = float(sentence[name.removesuffix("_next")][step + 1, unit])
        else:
            values[name] = float(sentence[name][step, unit])
    return arithmetic(equation, values)


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
