"""Which optimiser, and its settings, in one record."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.data.checks import check_number
from tracer.errors import UnknownNameError
from tracer.training.choices import OPTIMISERS


@dataclass(frozen=True, slots=True)
class Optimiser:
    """An optimiser and its settings.

    Attributes
    ----------
    name : str
        ``"sgd"``: ``w -= lr * d``.
        ``"momentum"``: ``m = mu * m + d; w -= lr * m`` (Sutskever et al., ICML 2013).
        ``"adam"``: Kingma and Ba, ICLR 2015, algorithm 1.
    learning_rate, momentum, beta2, epsilon : float
        `momentum` is mu, and Adam's beta1.
    weight_decay : float
        ``w *= 1 - lr * decay`` before each step, apart from the gradient (Loshchilov and Hutter,
        ICLR 2019).
    clip_norm : float
        Scales a gradient whose length is greater down to that length; 0 never (Pascanu et al.,
        ICML 2013).
    clip_value : float
        Cuts each number of the gradient to this size; 0 never.

    Raises
    ------
    InputError, UnknownNameError
        If a setting makes no sense.
    """

    name: str = "adam"
    learning_rate: float = 0.01
    momentum: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.0
    clip_norm: float = 1.0
    clip_value: float = 0.0

    def __post_init__(self) -> None:
        if self.name not in OPTIMISERS:
            raise UnknownNameError("optimiser", self.name, OPTIMISERS)
        for name in ("learning_rate", "epsilon", "weight_decay", "clip_norm", "clip_value"):
            check_number(name, getattr(self, name), 0)
        for name in ("momentum", "beta2"):
            check_number(name, getattr(self, name), 0, 1)
