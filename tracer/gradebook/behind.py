"""What submissions run behind: the strongest wall that holds, or one that is asked for."""

from __future__ import annotations

from tracer.errors import InputError
from tracer.language import _
from tracer.sandbox.walls import WALLS

PLAIN = "plain"
"""The wall that protects against accidents, and against nobody who wants to do harm."""


def standing(named: str | None, *, trusted: bool) -> str:
    """The wall that is asked for, or the strongest; each is tried from inside before it is used.

    What a killed command has left around its own is removed.

    Raises
    ------
    InputError
        If it does not hold, or it is the one that keeps nobody from doing harm.
    """
    from tracer.sandbox import leftovers
    from tracer.sandbox.walls import gaps

    leftovers.removed()
    troubles = []
    for name in [named] if named is not None else reversed(WALLS):
        if name == PLAIN:
            if trusted:
                return name
            continue
        why = WALLS[name].trouble() or "; ".join(gaps(name))
        if not why:
            return name
        troubles.append(_("{wall}: {why}").format(wall=name, why=why))
    if named is not None and named != PLAIN:
        said = _("the wall {trouble} (tracer doctor names those that can stand)")
        raise InputError(said.format(trouble=troubles[0]))
    said = _(
        "behind the wall plain a submission runs as you: it can read the solutions and the other "
        "submissions, change the results, and use the network. If nothing on this machine can be "
        "harmed, or read that should not be, add --trust-submissions"
    )
    if troubles:
        others = _("no other wall can stand here ({troubles}), and")
        said = f"{others.format(troubles=', '.join(troubles))} {said}"
    raise InputError(said)


def standing_as(recorded: str, named: str | None, *, trusted: bool) -> str:
    """The wall that is asked for; else that of a record if it holds here, else the strongest.

    A record is a file that anybody can have written: that it names the wall plain is no leave to
    run what came with it behind that one.

    Raises
    ------
    InputError
        As `standing` does.
    """
    if named is None and recorded in WALLS:
        try:
            return standing(recorded, trusted=trusted)
        except InputError:
            pass  # the strongest of the others
    return standing(named, trusted=trusted)
