"""A run whose numbers have left the numbers: when it happened, and what to try."""

from __future__ import annotations

from tracer.errors import TracerError
from tracer.language import _
from tracer.training.recipe import Recipe


class DivergedError(TracerError):
    """A loss or a gradient became NaN or infinite; says when, and what to try."""


def diverged(what: str, epoch: int, recipe: Recipe) -> DivergedError:
    """The error for `what` ("the loss", ...) that is no longer a number in this epoch, from 1."""
    o = recipe.optimiser
    tries = [
        _("a smaller learning rate (it is {rate:g}; try {less:g})").format(
            rate=o.learning_rate, less=o.learning_rate / 10
        )
    ]
    if not o.clip_norm:
        tries.append(_("clipping (--clip-norm 1)"))
    if recipe.cell == "rnn":
        tries.append(_("an LSTM (--cell lstm), which was made against this"))
    said = _("{what} is no longer a number in epoch {epoch}: training has diverged. Try {tries}.")
    return DivergedError(said.format(what=what, epoch=epoch, tries=_(", or ").join(tries)))
