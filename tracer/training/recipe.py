"""Everything that decides how a training run goes, in one record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from tracer.data.checks import check_number, check_share, check_whole
from tracer.equations import CELLS
from tracer.equations.tasks import TASKS
from tracer.errors import UnknownNameError
from tracer.text.vocabulary import ENCODERS
from tracer.training.choices import DTYPES, INITIALS
from tracer.training.optimisers import Optimiser


@dataclass(frozen=True, slots=True)
class Recipe:
    """A training run, as far as the sentences do not decide it.

    On one machine, and with the same versions of Python, NumPy, Numba and tracer, the same recipe
    and the same sentences give the same weights, to the bit.

    Attributes
    ----------
    task, cell : str
    activation : str
        The cell's option: the gate of an LSTM, the f of an RNN; empty for its first choice.
    encoder : str
        How words become numbers: ``"embedding"`` (learned), ``"codes"`` or ``"one-hot"`` (fixed).
    embedding, units : int
        D of a learned embedding; H.
    initial : str
        ``"orthogonal"`` or ``"uniform"``.
    forget_bias : float
        Where the bias of the forget gate begins.
    optimiser : Optimiser
    word_dropout : float
        The share of words that are hidden as unknown while learning, so that the network knows
        what to make of a word it does not know.
    every_step : float
        ``classify``: the weight of the loss after each word, beside that after the last one.
    batch_size, epochs : int
    patience : int
        Stop when the held-out loss has not fallen for this many epochs; 0 never.
    held_out : float
        The share of the sentences that nothing is learned from.
    window : int
        Truncated backward through time; 0 goes back to the first word.
    seed : int
    dtype : str

    Raises
    ------
    InputError, UnknownNameError
        If a setting makes no sense.
    """

    task: str = "classify"
    cell: str = "lstm"
    activation: str = ""
    encoder: str = "embedding"
    embedding: int = 8
    units: int = 12
    initial: str = "orthogonal"
    forget_bias: float = 1.0
    optimiser: Optimiser = field(default_factory=Optimiser)
    word_dropout: float = 0.02
    every_step: float = 0.0
    batch_size: int = 32
    epochs: int = 20
    patience: int = 4
    held_out: float = 0.1
    window: int = 0
    seed: int = 0
    dtype: str = "float32"

    def __post_init__(self) -> None:
        for what, value, known in (
            ("task", self.task, TASKS),
            ("cell", self.cell, CELLS),
            ("encoder", self.encoder, ENCODERS),
            ("initialisation", self.initial, INITIALS),
            ("dtype", self.dtype, DTYPES),
        ):
            if value not in known:
                raise UnknownNameError(what, value, known)
        option, choices = next(iter(CELLS[self.cell].options.items()), ("activation", ("",)))
        if not self.activation:
            object.__setattr__(self, "activation", choices[0])
        if self.activation not in choices:
            raise UnknownNameError(f"choice for {option}", self.activation, choices)
        for name in ("embedding", "units", "batch_size", "epochs"):
            object.__setattr__(self, name, check_whole(name, getattr(self, name), 1))
        for name in ("patience", "window", "seed"):
            object.__setattr__(self, name, check_whole(name, getattr(self, name), 0))
        for name in ("word_dropout", "every_step"):
            check_number(name, getattr(self, name), 0, 1)
        check_number("forget_bias", self.forget_bias)
        check_share("held_out", self.held_out)

    def dumps(self) -> dict[str, Any]:
        """The recipe as JSON can hold it; `loads` reads it."""
        return asdict(self)

    @classmethod
    def loads(cls, given: Mapping[str, Any]) -> Recipe:
        """The recipe that `dumps` wrote; foreign text raises TypeError, KeyError or TracerError."""
        known = {each.name for each in fields(cls)}
        settings = {name: given[name] for name in known - {"optimiser"}}
        return cls(**settings, optimiser=Optimiser(**given["optimiser"]))
