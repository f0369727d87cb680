"""Which sentences to take, and which of them to hold out: the same ones on every machine.

Chance is a checksum of the seed and the sentence's letters. So it does not matter in which order
the sentences come, how they are cut into words, or what else is in the file; and a sentence that is
there twice is drawn, or held out, both times.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from tracer.errors import InputError
from tracer.language import plural
from tracer.text.labelled import Labelled


class Split(NamedTuple):
    """Sentences to train with, sentences held out, and what was done, in plain sentences."""

    training: tuple[Labelled, ...]
    validation: tuple[Labelled, ...]
    report: tuple[str, ...]


def split(sentences: Sequence[Labelled], held_out: float = 0.1, seed: int = 0) -> Split:
    """Hold out a share of the sentences; no sentence is on both sides.

    Two sentences are the same if they have the same letters (`Labelled.letters`): spaces,
    punctuation, capitals and labels do not make them different.

    Parameters
    ----------
    sentences : sequence of Labelled
    held_out : float
        The share to hold out, above 0 and below 1. Same sentences stay together, so the share can
        be a little smaller.
    seed : int

    Returns
    -------
    Split
        Both sides in the order of `sentences`.

    Raises
    ------
    InputError
        If `held_out` is no such share, or there are fewer than two different sentences.
    """
    if not 0 < held_out < 1:
        raise InputError(f"held_out is {held_out}; expected a share above 0 and below 1, like 0.1")
    letters = [sentence.letters for sentence in sentences]
    times: dict[str, int] = {}
    for one in letters:
        times[one] = times.get(one, 0) + 1
    if len(times) < 2:
        raise InputError(
            f"{len(times)} different sentence(s); expected 2 or more, to hold one out of training"
        )
    room = max(1, round(held_out * len(sentences)))
    kept_back: set[str] = set()
    for one in sorted(times, key=lambda text: _draw("split", seed, text)):
        if times[one] <= room and len(kept_back) < len(times) - 1:
            kept_back.add(one)
            room -= times[one]
    if not kept_back:  # every one is there too often: the least frequent it is
        kept_back.add(min(times, key=lambda text: (times[text], _draw("split", seed, text))))
    pairs = list(zip(sentences, letters, strict=True))
    training = tuple(sentence for sentence, one in pairs if one not in kept_back)
    validation = tuple(sentence for sentence, one in pairs if one in kept_back)
    said = plural(
        "{train:,} sentence for training, {held:,} held out; no sentence is in both",
        "{train:,} sentences for training, {held:,} held out; no sentence is in both",
        len(training),
    ).format(train=len(training), held=len(validation))
    return Split(training, validation, (said,))


def sample(sentences: Iterable[Labelled], count: int, seed: int = 0) -> tuple[Labelled, ...]:
    """`count` of the sentences, or all if there are no more, in an order drawn by chance.

    A smaller sample with the same seed is the beginning of a larger one.

    Raises
    ------
    InputError
        If `count` is below 1.
    """
    if count < 1:
        raise InputError(f"count is {count}; expected 1 or more")
    drawn = sorted(sentences, key=lambda sentence: _draw("sample", seed, sentence.letters))
    return tuple(drawn[:count])


def _draw(purpose: str, seed: int, text: str) -> tuple[bytes, str]:
    """A number by chance, as bytes; the text itself settles a tie."""
    return sha256(f"{purpose} {seed} {text}".encode("utf-8", "surrogatepass")).digest(), text
