"""What a training run says: what it has to beat, each epoch, how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tracer.language import _, quoted_file
from tracer.view.parts.said import Said, Tone
from tracer.view.say.numbers import apart, number, percent
from tracer.view.say.words import clean

if TYPE_CHECKING:
    from tracer.trace.trace import Trace
    from tracer.training.loop import Training
    from tracer.training.progress import EpochResult


@dataclass(frozen=True, slots=True)
class Figure:
    """A number under its title, as it is written."""

    title: str
    written: str


@dataclass(frozen=True, slots=True)
class UnderWay:
    """How far an epoch is: its title, and its means so far."""

    title: str
    said: str
    batches: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence that is watched, with what the network says to it.

    Attributes
    ----------
    words : tuple of (str, str)
        Each word and its label, which is empty unless every word has one.
    label : str
        The label of the whole sentence, if it has one.
    share : float or None
        The probability of that label.
    """

    words: tuple[tuple[str, str], ...]
    label: str = ""
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """A command to be copied, on a line of its own."""

    typed: str


def to_beat(training: Training) -> Said:
    """What the network has to beat, before it begins."""
    guess = training.yardstick
    said = _(
        "to beat: held-out loss {loss} (from label frequencies alone), accuracy {right} (always "
        "{label}); chance {chance}"
    ).format(
        loss=number(guess.loss), right=percent(guess.accuracy),
        label=repr(clean(training.labels[guess.most])), chance=percent(guess.chance),
    )  # fmt: skip
    return Said(said, Tone.ASIDE)


def under_way(training: Training, rate: float) -> UnderWay:
    """The epoch under way, at `rate` sentences a second."""
    now = training.progress
    said = _("loss {loss}  accuracy {right}  gradient {norm}  {speed}").format(
        loss=number(now.loss / now.sentences),
        right=percent(now.hits / now.counted),
        norm=number(now.norm / now.batch),
        speed=_("{count:,.0f} sentences/s").format(count=rate),
    )
    title = _("epoch {epoch} of {epochs}").format(
        epoch=now.epoch + 1, epochs=training.recipe.epochs
    )
    return UnderWay(title, said, now.batch)


def figures(result: EpochResult, rate: float) -> tuple[Figure, ...]:
    """What an epoch gave, the most telling first."""
    return (
        Figure(_("epoch"), f"{result.epoch}"),
        Figure(_("loss"), number(result.loss)),
        Figure(_("accuracy"), percent(result.accuracy)),
        Figure(_("held-out loss"), number(result.held_out_loss)),
        Figure(_("held-out acc."), percent(result.held_out_accuracy)),
        Figure(_("gradient"), number(result.norm)),
        Figure(_("sentences/s"), f"{rate:,.0f}"),
    )


def spoken(trace: Trace) -> Spoken:
    """A sentence, and what the network says to it."""
    assert trace.tokens is not None
    assert trace.labels is not None
    words = [clean(word) for word in trace.tokens[0]]
    probs = trace["probs"][:, 0]
    silent = tuple((word, "") for word in words)
    if trace.task == "generate":
        return Spoken(silent)
    if trace.task == "classify":
        k = int(probs[-1].argmax())
        return Spoken(silent, clean(trace.labels[k]), float(probs[-1, k]))
    labels = [clean(trace.labels[int(p.argmax())]) for p in probs]
    return Spoken(tuple(zip(words, labels, strict=True)))


def continued(training: Training, run: Path) -> Said:
    """Where a run goes on that was stopped, or was finished and is trained longer."""
    now = training.progress
    said = _("continuing the run in {file}: epoch {epoch} of {epochs}, batch {batch} of {batches}")
    return Said(
        clean(
            said.format(
                file=run, epoch=now.epoch + 1, epochs=training.recipe.epochs,
                batch=now.batch + 1, batches=training.batches,
            )
        ),
        Tone.STRONG,
    )  # fmt: skip


def stopped(training: Training, run: Path, order: str) -> Said:
    """That a run did not come to its end, and how to go on with it."""
    said = _("stopped in epoch {epoch}; the run is saved in {file}. To continue: {order} --resume")
    epoch = training.progress.epoch + 1
    return Said(clean(said.format(epoch=epoch, file=run, order=order)))


def result(
    training: Training, best: EpochResult, saved: Path, run: Path
) -> Iterator[Said | Command]:
    """How good it became, and what to do with it."""
    guess = training.yardstick
    said = _(
        "best after epoch {epoch}: held-out accuracy {right} (most frequent label {frequent}, "
        "chance {chance})"
    ).format(
        epoch=best.epoch,
        right=percent(best.held_out_accuracy),
        frequent=percent(guess.accuracy),
        chance=percent(guess.chance),
    )
    yield Said(said, Tone.STRONG)
    if not guess.is_beaten(best.held_out_loss):
        worse = best.held_out_loss > guess.loss
        said = (
            _(
                "but the held-out loss, {loss}, is worse than guessing from label frequencies: "
                "{guess}"
            )
            if worse
            else _(
                "but the held-out loss, {loss}, is no clear gain on guessing from label "
                "frequencies: {guess}"
            )
        )
        mine, theirs = apart(best.held_out_loss, guess.loss)
        said = said.format(loss=mine, guess=theirs)
        if worse and best.held_out_accuracy > guess.accuracy:
            said += _("; it is overconfident where it is wrong")
        else:
            said += _("; it cannot tell the labels apart yet (more epochs, more sentences?)")
        yield Said(said, Tone.STRONG)
    yield Said(_("saved. To look inside:"), Tone.ASIDE)
    name = quoted_file(saved)
    yield Command(f'tracer show "..." --model {name}')
    more = _("To train longer ({file} is kept for this):").format(file=run)
    yield Said(clean(more), Tone.ASIDE)
    epochs = 2 * training.recipe.epochs
    yield Command(f"tracer train --save {name} --resume --epochs {epochs}")
