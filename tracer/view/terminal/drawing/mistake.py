"""The first thing that is wrong with an answer: where, both numbers, how the right one is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from tracer.language import _
from tracer.view.parts.report import CheckRow, Stopped, WrongNumber
from tracer.view.parts.said import Said, Tone
from tracer.view.say.numbers import apart
from tracer.view.terminal.columns import fit, widest
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.drawing.paragraphs import paragraph, paragraphs
from tracer.view.terminal.drawing.worked import worked_lines
from tracer.view.terminal.palette import palette


def first_mistake(failing: CheckRow, able: Abilities) -> Iterator[Text]:
    """The first thing that is wrong, and what to do about it."""
    if failing.wrong is None:
        assert failing.stopped is not None
        yield from _stopped(failing, failing.stopped, able)
        return
    wrong, colours = failing.wrong, palette(able)
    where = _("The first wrong number in “{check}” is {place}.").format(
        check=failing.name, place=wrong.place
    )
    yield from paragraph(Said(where, Tone.STRONG), able)
    yield from paragraph(Said(failing.reading, Tone.ASIDE), able)
    yield Text("")
    yours, expected = apart(wrong.got, wrong.expected)
    labels = (_("yours"), _("expected"))
    label, wide = widest(labels), max(len(yours), len(expected))
    yield Text(f"    {fit(labels[0], label)}  ").append(f"{yours:>{wide}}", colours.broken)
    yield Text(f"    {fit(labels[1], label)}  ").append(f"{expected:>{wide}}", "bold")
    yield Text("")
    if wrong.cause:
        yield from [*paragraph(Said(wrong.cause, Tone.STRONG), able), Text("")]
    yield from paragraph(Said(_("How to compute the expected number:"), Tone.ASIDE), able)
    yield from worked_lines(wrong.worked, able, indent=4, aligned=False)
    yield from _also(failing.also, wrong, able)
    if failing.blocks is not None:
        yield from [Text(""), *paragraphs(failing.blocks.said, able)]


def in_check(c: CheckRow, said: str) -> str:
    """`said`, with the name of the check in front."""
    return _("In check “{check}”: {said}").format(check=c.name, said=said)


def _stopped(failing: CheckRow, part: Stopped, able: Abilities) -> Iterator[Text]:
    """What happened, and what to do."""
    first, *rest = part.said
    first = in_check(failing, first) if part.in_check else first
    yield from paragraph(Said(first, Tone.STRONG), able)
    yield from paragraphs(map(Said, rest), able)
    if part.called:
        yield from paragraph(Said(part.called, Tone.ASIDE), able)


def _also(others: Sequence[WrongNumber], first: WrongNumber, able: Abilities) -> Iterator[Text]:
    """Other quantities that are wrong, each with what is known of its cause."""
    for other in others:
        said = _("{name} is also wrong, and not because of {first}.").format(
            name=other.quantity, first=first.quantity
        )
        if other.may_share:
            said += " " + _("One mistake in {names} may explain both.").format(
                names=", ".join(other.may_share)
            )
        yield from [Text(""), *paragraph(Said(said), able)]
        yours, expected = apart(other.got, other.expected)
        said = _("{place}: yours {yours}, expected {expected}").format(
            place=other.place, yours=yours, expected=expected
        )
        yield from paragraph(Said(said), able, "    ")
        if other.cause:
            yield from paragraph(Said(other.cause, Tone.STRONG), able, "    ")
