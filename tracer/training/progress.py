"""Where a training run stands, as a checkpoint can hold it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, NamedTuple

from tracer.data.checks import check_number, check_whole
from tracer.errors import InputError


class EpochResult(NamedTuple):
    """What one epoch gave: losses by sentence, shares of right answers, length of the gradient."""

    epoch: int
    loss: float
    accuracy: float
    held_out_loss: float
    held_out_accuracy: float
    norm: float


@dataclass(frozen=True)
class Progress:
    """Where training stands; everything that a checkpoint needs beside the weights.

    Attributes
    ----------
    epoch, batch : int
        Epochs finished; batches finished in the epoch under way.
    step : int
        Updates made.
    sentences : int
        Sentences of the epoch under way.
    loss, hits, counted, norm : float, int, int, float
        Sums over the batches of the epoch under way.
    history : tuple of EpochResult
    """

    epoch: int = 0
    batch: int = 0
    step: int = 0
    sentences: int = 0
    loss: float = 0.0
    hits: int = 0
    counted: int = 0
    norm: float = 0.0
    history: tuple[EpochResult, ...] = ()

    def dumps(self) -> dict[str, Any]:
        """The progress as JSON can hold it; `loads` reads it."""
        return asdict(self) | {"history": [list(result) for result in self.history]}

    @classmethod
    def loads(cls, given: Mapping[str, Any], *, batches: int, epochs: int) -> Progress:
        """The progress that `dumps` wrote, of a run with so many batches an epoch, and epochs.

        Raises
        ------
        InputError, TypeError, KeyError
            If it is none, or no run like that can ever stand there.
        """
        found = {each.name: given[each.name] for each in fields(cls) if each.name != "history"}
        for name, value in found.items():
            if name in ("loss", "norm"):
                check_number(name, value)
            else:
                check_whole(name, value, 0)
        now = cls(**found, history=tuple(EpochResult(*result) for result in given["history"]))
        for n, result in enumerate(now.history, 1):
            for name, value in zip(result._fields, result, strict=True):
                check_number(name, value)
            if result.epoch != n:
                raise InputError(f"result {n} of its history is of epoch {result.epoch}")
        if len(now.history) != now.epoch or now.epoch > epochs or now.batch > batches:
            raise InputError(
                f"it stands after {now.epoch} epochs ({len(now.history)} with results) and "
                f"{now.batch} batches, in a run of {epochs} epochs with {batches} batches each"
            )
        if now.step != now.epoch * batches + now.batch:
            raise InputError(f"its step is {now.step}, which is not where its batches end")
        if bool(now.batch) != bool(now.sentences) or bool(now.batch) != bool(now.counted):
            raise InputError("its sums are not those of its batches")
        return now
