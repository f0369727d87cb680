"""A run whose numbers have left the numbers: when it happened, and what to try."""

from __future__ import annotations

from tracer.errors import TracerError
from tracer.language import _
from tracer.training.recipe import Recipe


class DivergedError(TracerError):
    """Training has gone wrong: a loss is no number, or far worse than a guess; says what to try."""


def diverged(what: str, epoch: int, recipe: Recipe) -> DivergedError:
    """The error for `what` ("the loss", ...) that is no longer a number in this epoch, from 1."""
    said = _("{what} is NaN or infinite in epoch {epoch}: training has diverged. Try {tries}.")
    return DivergedError(said.format(what=what, epoch=epoch, tries=_tries(recipe)))


def hopeless(loss: float, epoch: int, guess: float, recipe: Recipe) -> DivergedError:
    """The error for a held-out loss that is a number, and far worse than that of guessing."""
    said = _(
        "the lowest held-out loss is {loss:.4g}, after epoch {epoch}; guessing from label "
        "frequencies gives {guess:.4g}: training has diverged. Try {tries}."
    )
    return DivergedError(said.format(loss=loss, epoch=epoch, guess=guess, tries=_tries(recipe)))


def _tries(recipe: Recipe) -> str:
    o = recipe.optimiser
    tries = [
        _("a smaller learning rate (it is {rate:g}; try {less:g})").format(
            rate=o.learning_rate, less=o.learning_rate / 10
        )
    ]
    if not o.clip_norm:
        tries.append(_("gradient clipping (--clip-norm 1)"))
    if recipe.cell == "rnn":
        tries.append(_("an LSTM (--cell lstm)"))
    return _(", or ").join(tries)
