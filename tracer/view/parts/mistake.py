"""The first thing that is wrong with an answer: where, both numbers, how the right one is made."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from tracer.equations import CellEquations
from tracer.equations import Kind as QuantityKind
from tracer.exercises.cases import shapes
from tracer.grading.report import CheckReport, Difference, Kind, Report, Verdict
from tracer.language import _
from tracer.view.parts.worked import wrong_number
from tracer.view.say.cause import cause_of
from tracer.view.say.numbers import apart
from tracer.view.say.trouble import sentences
from tracer.view.say.words import clean
from tracer.view.terminal.columns import fit, widest
from tracer.view.terminal.console import Abilities, folded
from tracer.view.terminal.drawing.worked import worked_lines
from tracer.view.terminal.palette import Palette


def first_mistake(
    report: Report, failing: CheckReport, able: Abilities, colours: Palette
) -> Iterator[Text]:
    """The first thing that is wrong, and what to do about it."""
    if failing.trouble is not None:
        first, *rest = sentences(report, failing.trouble)
        if failing.verdict is not Verdict.NOT_STARTED and failing.trouble.facts.get("loaded", True):
            first = in_check(failing, first)
        yield from folded(Text(clean(first, able.encoding), style="bold"), able.width, "  ")
        for said in rest:
            yield from folded(Text(clean(said, able.encoding)), able.width, "  ")
        if _was_called(failing):
            listed = ", ".join(
                f"{k} {v}" for k, v in shapes(report.exercise, failing.check).items()
            )
            called = _("It was called with {shapes}.").format(shapes=listed)
            yield from folded(Text(called, style=colours.faint), able.width, "  ")
        return
    d = failing.difference
    assert d is not None
    where = _("The first wrong number is in “{check}”: {place}").format(
        check=failing.check.name, place=place(failing, d)
    )
    yield from folded(Text(where, style="bold"), able.width, "  ")
    yield from folded(
        Text(_reading(report.exercise.equations, d), style=colours.faint), able.width, "  "
    )
    yield Text("")
    yours, expected = apart(d.got, d.expected)
    labels = (_("yours"), _("expected"))
    label, wide = widest(labels), max(len(yours), len(expected))
    yield Text(f"    {fit(labels[0], label)}  ").append(f"{yours:>{wide}}", colours.broken)
    yield Text(f"    {fit(labels[1], label)}  ").append(f"{expected:>{wide}}", "bold")
    yield Text("")
    if said := cause_of(report.exercise.equations, d, unicode=able.unicode):
        yield from [*folded(Text(said, style="bold"), able.width, "  "), Text("")]
    yield from folded(
        Text(_("How the expected number comes about:"), style=colours.faint), able.width, "  "
    )
    rows = list(wrong_number(report.exercise.equations, d))
    yield from worked_lines(rows, able, indent=4, aligned=False)
    yield from _also(report, failing, able)
    if failing.blocks:
        yield from _blocks(report, failing, able)


def _blocks(report: Report, failing: CheckReport, able: Abilities) -> Iterator[Text]:
    """That the gates were taken from one another's blocks, and which from which."""
    cell, gates = report.exercise.equations, report.exercise.equations.gates
    moved = [
        (gate, taken) for gate, taken in zip(gates, failing.blocks, strict=True) if gate != taken
    ]
    said = _("Your numbers fit blocks in the order {read}. In U, W and a the order is {gates}.")
    yield Text("")
    yield from folded(
        Text(said.format(read=", ".join(failing.blocks), gates=", ".join(gates)), style="bold"),
        able.width, "  ",
    )  # fmt: skip
    for gate, taken in moved:
        said = _("What you use as {taken} comes from the block of {gate}.")
        yield from folded(Text(said.format(taken=taken, gate=gate)), able.width, "  ")
    if all(cell[gate].kind is QuantityKind.SWITCH for gate, _taken in moved):
        # Switches are all made with σ, so this looks the same from outside.
        said = _("Or the blocks are read as they lie, and {names} change places in a later line.")
        names = ", ".join(gate for gate, _taken in moved)
        yield from folded(Text(said.format(names=names)), able.width, "  ")


def _also(report: Report, failing: CheckReport, able: Abilities) -> Iterator[Text]:
    """Other quantities that are wrong, each with what is known of its cause."""
    first = failing.difference
    assert first is not None
    for other in failing.also:
        said = _("{name} is wrong as well, and not because {first} is wrong.").format(
            name=other.quantity, first=first.quantity
        )
        if other.shares:
            said += " " + _("One mistake in {names} may be the cause of both.").format(
                names=", ".join(other.shares)
            )
        yield Text("")
        yield from folded(Text(said), able.width, "  ")
        yours, expected = apart(other.got, other.expected)
        said = _("{place}: yours {yours}, expected {expected}").format(
            place=place(failing, other), yours=yours, expected=expected
        )
        yield from folded(Text(said), able.width, "    ")
        if said := cause_of(report.exercise.equations, other, unicode=able.unicode):
            yield from folded(Text(said, style="bold"), able.width, "    ")


def _was_called(failing: CheckReport) -> bool:
    """Whether the shapes of the arguments help to see what went wrong."""
    trouble = failing.trouble
    if trouble is None or failing.verdict is Verdict.NOT_STARTED:
        return False
    loaded = trouble.kind is Kind.RAISED and trouble.facts["loaded"]
    return trouble.kind is Kind.SHAPE or loaded


def in_check(c: CheckReport, said: str) -> str:
    """`said`, with the name of the check in front."""
    return _("In check “{check}”: {said}").format(check=c.check.name, said=said)


def place(failing: CheckReport, d: Difference) -> str:
    """``c at t = 2, row 1, unit 3``: where the student finds that number."""
    said = _("{name} at t = {t}, row {batch}, unit {unit}").format(
        t=d.step + 1, name=d.quantity, batch=d.batch, unit=d.unit
    )
    if failing.check.calls > 1:
        said = _("{place}, in call {call}").format(call=d.call + 1, place=said)
    return said


def _reading(cell: CellEquations, d: Difference) -> str:
    return _("{name} is {meaning}. Rows are the sentences of the batch; both count from 0.").format(
        name=d.quantity, meaning=_(cell[d.quantity].meaning)
    )
