"""What Numba's simulator of a card says of a thread that failed: which one, and what a card did."""

from __future__ import annotations

import re

from tracer.language import _

_THREAD = re.compile(r"tid=\[(?P<thread>[\d, ]+)\] ctaid=\[(?P<block>[\d, ]+)\]: ")


_UNCOMPILED = re.compile(r"no card compiles this: (?P<what>.+), in line (?P<line>\d+) of the file")


def uncompiled(message: str) -> tuple[str, int] | None:
    """What a kernel has that no card compiles, in a sentence, and its line; None of all else."""
    found = _UNCOMPILED.fullmatch(message)
    if found is None:
        return None
    said = _("No card can run your kernel, for Numba does not compile this: {what}.")
    return said.format(what=found["what"]), int(found["line"])


def without_thread(message: str) -> str:
    """What was raised, without the numbers of the thread in front of it."""
    return _THREAD.sub("", message, count=1)


def of_a_thread(name: str, message: str) -> list[str]:
    """Which thread it was, and that a card would not have said so; nothing of any other message."""
    found = _THREAD.match(message)
    if found is None:
        return []
    said = _("It happened in thread ({thread}) of block ({block}).")
    lines = [said.format(thread=found["thread"], block=found["block"])]
    if name == "IndexError":
        lines.append(
            _(
                "A card does not say so: there a thread reads and writes whatever lies behind the "
                "array. Let no thread go on that has no number of its own to compute."
            )
        )
    elif name == "OverflowError":
        lines.append(_("On a card the result is inf, and what follows from it may be NaN."))
    return lines
