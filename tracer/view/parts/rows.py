"""One step as rows of cells: a row for each gate and state, a column for each unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from tracer.equations import Kind, Quantity
from tracer.errors import UnknownNameError
from tracer.language import _
from tracer.view.parts.folding import telling_units
from tracer.view.say.sentence import Sentence, spread
from tracer.view.terminal.columns import column
from tracer.view.terminal.console import WIDEST, Abilities
from tracer.view.terminal.palette import Palette, palette, scale_of

WHAT = ("gates", "states", "output", "backward")
"""The choices of ``--what``; ``backward`` has a screen of its own."""

GLYPHS, NUMBERED = 2, 8
"""Columns of a cell that is only its glyphs, and of one with its number beside it."""

ROOMY = 100
"""Columns from which on least and greatest are shown although units are left out."""

ALL_THREE = 3
"""Mean, least and greatest."""

_STATISTICS = {0: 0, 1: 7, ALL_THREE: 22}


@dataclass(frozen=True, slots=True)
class Layout:
    """How the columns are dealt out.

    Attributes
    ----------
    units : tuple of int
        The units that have a column.
    cell : int
        Columns a unit: 2 for the glyphs, 3 to 5 with a gap (unit numbers need it), 8 or 9
        with numbers.
    numbers : bool
        Whether each glyph has its number beside it.
    statistics : int
        0: none; 1: the mean; 3: mean, least and greatest.
    label : int
        Columns before the first cell.
    """

    units: tuple[int, ...]
    cell: int
    numbers: bool
    statistics: int
    label: int

    @property
    def width(self) -> int:
        """The columns that a row takes; the gap after the last cell needs none."""
        cells = len(self.units) * self.cell - (self.cell > GLYPHS and not self.statistics)
        return self.label + cells + _STATISTICS[self.statistics]


def left_out_numbers(sentence: Sentence, plan: Layout, statistics: int = 0) -> str:
    """The sentence about cells without their numbers, or nothing where those are there.

    `statistics` is what stands beside the cells however little room there is.
    """
    if plan.numbers:
        return ""
    wanted = tuple(range(sentence.H))
    needed = Layout(wanted, NUMBERED, numbers=True, statistics=statistics, label=plan.label).width
    unit = sentence.unit_names[0]
    if needed <= WIDEST:
        return _(
            "The cells have no numbers beside them: those need {needed} columns. --unit {unit} "
            "writes the numbers of one unit, --format csv all."
        ).format(needed=needed, unit=unit)
    return _(
        "The cells have no numbers beside them: there are too many units. --unit {unit} writes "
        "the numbers of one, --format csv all."
    ).format(unit=unit)


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


def scales(sentence: Sentence, quantities: Sequence[Quantity]) -> dict[str, float]:
    """The size that fills a cell, for each quantity, the same at all steps."""
    return {
        quantity.name: 1.0 if quantity.kind.range else scale_of(sentence[quantity.name].ravel())
        for quantity in quantities
    }


def layout(
    sentence: Sentence, quantities: Sequence[Quantity], steps: Sequence[int], width: int
) -> Layout:
    """The roomiest way to deal `width` columns out: all units with numbers, or fewer and narrower.

    Parameters
    ----------
    sentence : Sentence
    quantities : sequence of Quantity
    steps : sequence of int
        The steps that are drawn, from 0; they decide which units are, if not all can be.
    width : int
    """
    names = max(len(quantity.name) for quantity in quantities)
    label = 2 + names + 2 + _kinds(quantities) + 1
    wanted = tuple(range(sentence.H))
    digits = len(str(max(sentence.unit_names)))
    room = width - label
    gap = max(GLYPHS + 1, digits + 1)
    choices = (
        *((NUMBERED + 1, ALL_THREE), (NUMBERED + 1, 0), (NUMBERED, 0)),
        *((gap, ALL_THREE), (gap, 1), (GLYPHS, ALL_THREE), (GLYPHS, 1), (GLYPHS, 0)),
    )
    for cell, statistics in choices:
        plan = Layout(wanted, cell, cell >= NUMBERED, statistics, label)
        if plan.width <= width:
            return plan
    statistics = ALL_THREE if width >= ROOMY else 1
    most = (room - _STATISTICS[statistics]) // gap
    shown = tuple(telling_units(sentence, most, steps))
    return Layout(shown, gap, numbers=False, statistics=statistics, label=label)


def rows(
    sentence: Sentence,
    step: int,
    quantities: Sequence[Quantity],
    plan: Layout,
    scale: Mapping[str, float],
    able: Abilities,
) -> list[Text]:
    """The block of one step: unit numbers, then a row for each quantity."""
    colours = palette(able)
    lines = [_heading(sentence, plan, colours)]
    for quantity in quantities:
        line = Text("  ")
        line.append(quantity.name.ljust(plan.label - 3 - _kinds(quantities)), "bold")
        kind = kind_name(quantity.kind)
        line.append(kind + " " * (_kinds(quantities) + 1 - cell_len(kind)), colours.faint)
        numbers = sentence[quantity.name][step]
        for unit in plan.units:
            value = float(numbers[unit])
            beside = _beside(value, plan) if plan.numbers else " " * (plan.cell - 2)
            shown = 0.0 if beside.strip() == "0.00" else value  # a sign would contradict the number
            line.append(*colours.cell(shown, quantity.kind, scale[quantity.name])).append(beside)
        line.append(_statistics(spread(numbers), plan, colours), colours.faint)
        line.rstrip()
        lines.append(line)
    return lines


def kind_name(kind: Kind) -> str:
    """What a kind of number is called beside its row, with its range."""
    return {
        Kind.SWITCH: _("switch 0..1"),
        Kind.INFORMATION: _("info -1..1"),
        Kind.MEMORY: _("memory"),
        Kind.PRE_ACTIVATION: _("sum z"),
    }.get(kind, str(kind))


def _kinds(quantities: Sequence[Quantity]) -> int:
    return max(cell_len(kind_name(quantity.kind)) for quantity in quantities)


def _beside(value: float, plan: Layout) -> str:
    return column(value, 5).rjust(plan.cell - 3) + " "


def _heading(sentence: Sentence, plan: Layout, colours: Palette) -> Text:
    line = unit_numbers(sentence, plan, _("unit"))
    if plan.statistics:
        line += f"  {_('mean'):>5}"
    if plan.statistics == ALL_THREE:
        line += f"  {_('min'):>5} {colours.glyphs.range} {_('max'):>5}"
    return Text(line.rstrip(), style=colours.faint)


def unit_numbers(sentence: Sentence, plan: Layout, said: str) -> str:
    """Unit numbers over their columns, each as often as there is room for it, after `said`."""
    line = f"  {said}".ljust(plan.label)
    names = [str(sentence.unit_names[unit]) for unit in plan.units]
    room = len(names[-1]) + 1
    every = -(-room // plan.cell)
    for place, name in enumerate(names):
        number = name if place % every == 0 else ""
        line = line[: plan.label + place * plan.cell]
        line += number.rjust(2).ljust(plan.cell) if plan.cell > GLYPHS else number.ljust(plan.cell)
    return line.ljust(plan.label + len(plan.units) * plan.cell)


def _statistics(found: tuple[float, float, float] | None, plan: Layout, colours: Palette) -> str:
    if not plan.statistics:
        return ""
    if found is None:
        return f"  {'NaN':>5}"
    mean, least, greatest = found
    text = f"  {column(mean)}"
    if plan.statistics == ALL_THREE:
        text += f"  {column(least)} {colours.glyphs.range} {column(greatest)}"
    return text
