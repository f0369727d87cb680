"""A run that survives: kept in a file while it learns, and finished as a model in another."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from tracer.errors import InputError
from tracer.language import _
from tracer.storage.whole import remove_abandoned
from tracer.trace.versions import versions
from tracer.training import checkpoint
from tracer.training.divergence import DivergedError, hopeless
from tracer.training.loop import Training
from tracer.training.progress import EpochResult
from tracer.training.stopping import stop_asked


@dataclass(frozen=True)
class Safe:
    """Where a run is kept, and how often.

    Attributes
    ----------
    model, run : Path
        The file that the finished network goes to; the file that the run is kept in, after its
        end too, so that it can be taken up again with more epochs.
    order : sequence of str
        The command line that began the run.
    left : bool
        Whether the model file holds a network of this run, which was finished and now goes on.
    every : float
        Seconds from one checkpoint to the next.
    notes : mapping
        What the finished network says about itself, beside its order, result and versions.
    """

    model: Path
    run: Path
    order: Sequence[str] = ()
    left: bool = False
    every: float = 10.0
    notes: Mapping[str, str] = field(default_factory=dict)


def learn(
    training: Training,
    safe: Safe,
    watch: Callable[[EpochResult | None], None],
    heard: Callable[[], None] = lambda: None,
) -> EpochResult | None:
    """Learn until done, or until Ctrl-C; `watch` is called after every batch.

    `heard` is called when Ctrl-C was heard, which may be long before the batch is over.

    Returns
    -------
    EpochResult or None
        The epoch whose network is in the model file; None if the run was stopped, and is kept.

    Raises
    ------
    DivergedError
        If a number is no longer one, or the best network is far worse than a guess; says which
        epoch's network was saved.
    FileError
        If a file cannot be written.
    """
    for path in (safe.model, safe.run):
        remove_abandoned(path)  # of a run that was killed while it wrote
    checkpoint.save(
        training, safe.run, safe.order, left=safe.left
    )  # what cannot be written shows now
    kept = monotonic()
    with stop_asked(heard) as asked:
        try:
            for result in training.run():
                stop = asked()
                if stop or monotonic() - kept > safe.every:
                    checkpoint.save(training, safe.run, safe.order, left=safe.left)
                    kept = monotonic()
                watch(result)  # last: it fails when the terminal is gone
                if stop:
                    break
        except DivergedError as error:
            raise DivergedError(f"{error} {_saved_before(training, safe)}") from error
    if not training.done:
        return None
    best = training.progress.history[training.best_epoch]
    if training.yardstick.is_hopeless(best.held_out_loss):
        checkpoint.save(training, safe.run, safe.order, left=safe.left)
        why = hopeless(best.held_out_loss, best.epoch, training.yardstick.loss, training.recipe)
        left = _("No network is saved; the run is in {file}.").format(file=safe.run)
        raise DivergedError(f"{why} {left}")
    checkpoint.save(training, safe.run, safe.order, left=True)
    return _finish(training, safe)


def check_watched(training: Training, sentences: Sequence[str]) -> None:
    """Raise an `InputError` if the network could say nothing to one of the sentences."""
    for sentence in sentences:
        try:
            training.encoder.split(sentence)
        except InputError as error:
            raise InputError(f"--watch-sentence: {error}") from error


def _finish(training: Training, safe: Safe) -> EpochResult:
    """Save the network of the best epoch."""
    best = training.progress.history[training.best_epoch]
    guess = training.yardstick
    notes = {
        "made_by": shlex.join(safe.order),
        "held_out_accuracy": f"{best.held_out_accuracy:.4f}",
        "held_out_accuracy of the most frequent label": f"{guess.accuracy:.4f}",
        "held_out_loss": f"{best.held_out_loss:.4f}",
        "held_out_loss of guessing": f"{guess.loss:.4f}",
        "epochs": str(best.epoch),
        **safe.notes,
        **{f"version of {name}": number for name, number in versions().items()},
    }
    training.model(safe.model.stem, notes).save(safe.model)
    return best


def _saved_before(training: Training, safe: Safe) -> str:
    """What is left of a run that diverged: going on with it would only lead there again."""
    safe.run.unlink(missing_ok=True)
    history = training.progress.history
    if not history:
        return _("No epoch was completed before, so nothing is saved.")
    if training.yardstick.is_hopeless(history[training.best_epoch].held_out_loss):
        return _("No epoch before was better than a guess, so nothing is saved.")
    best = _finish(training, safe)
    return _(
        "The network after epoch {epoch}, with a held-out accuracy of {right:.1%}, is saved in "
        "{file}."
    ).format(epoch=best.epoch, right=best.held_out_accuracy, file=safe.model)
