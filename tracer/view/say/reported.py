"""What joins the parts of a report, in words that every medium says alike."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.language import _, plural
from tracer.view.say.difference import listed
from tracer.view.say.verdict import points
from tracer.view.say.words import clean


def score(earned: float, out_of: int) -> str:
    """``12 of 13 points``."""
    said = plural("{points} of {out_of} point", "{points} of {out_of} points", out_of)
    return said.format(points=points(earned), out_of=out_of)


def labels() -> tuple[str, str]:
    """What stands before the student's number, and before the expected one."""
    return _("yours"), _("expected")


def right_label() -> str:
    """What stands over the numbers that are right from the first step on."""
    return _("right")


def first_wrong(check: str, place: str) -> str:
    """Where the first wrong number is."""
    said = _("The first wrong number in “{check}” is {place}.")
    return said.format(check=check, place=place)


def how_to_compute(last: int | None, place: str) -> str:
    """The title over the equations; `last` is what stands in brackets there, of a row, and where.

    In NumPy, ``c[0]`` would be a row.
    """
    if last is None:
        return _("How to compute the expected number:")
    said = _("How to compute the expected number ([{n}] is {place} of that row):")
    return said.format(n=last, place=place)


def also_wrong(names: Sequence[str], first: str = "") -> str:
    """That other quantities are wrong; by themselves, where that is known of the `first` one."""
    said = plural("{names} is also wrong.", "{names} are also wrong.", len(names))
    if first:
        said = plural(
            "{names} is also wrong, and not because of {first}.",
            "{names} are also wrong, and not because of {first}.",
            len(names),
        )
    return said.format(names=listed(names), first=first)


def also_where(place: str, yours: str, expected: str) -> str:
    """Where, and both numbers."""
    said = _("{place}: yours {yours}, expected {expected}")
    return said.format(place=place, yours=yours, expected=expected)


def in_check(check: str, said: str) -> str:
    """`said`, with the name of the check in front."""
    return _("In check “{check}”: {said}").format(check=check, said=said)


def not_run() -> str:
    """Why no check has a mark."""
    return _("– not run: your file could not be loaded")


def not_tried() -> str:
    """Why a check was not tried."""
    return _("· not tried: other checks timed out; mend those first")


def fails_as_well() -> str:
    """What a dash before a check means."""
    return _("– fails as well: mend the first ✗ before you look at it")


def no_points_lost() -> str:
    """What a warning costs where all is right."""
    return _("You lose no points.")


def without_the_warning(command: str) -> str:
    """What to do about a warning where all is right."""
    return _("For a way without the warning: {command}").format(command=command)


def printed_in(check: str) -> str:
    """What the lines below it are."""
    return _("Your code printed in check “{check}”:").format(check=check)


def more_lines(count: int) -> str:
    """How many are not shown."""
    said = plural("… and {count} more line", "… and {count} more lines", count)
    return said.format(count=count)


def printed_elsewhere(count: int) -> str:
    """That other checks printed as well."""
    said = plural(
        "It also printed in {count} other check.", "It also printed in {count} other checks.", count
    )
    return said.format(count=count)


def clean_lines(text: str) -> str:
    """What was printed: each line safe to show, and the lines kept apart."""
    return "\n".join(clean(line) for line in text.split("\n"))
