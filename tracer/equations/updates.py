"""The equations of one update of the weights: the gradient clipped by its norm, SGD, Adam.

Sources: R. Pascanu, T. Mikolov, Y. Bengio, On the difficulty of training recurrent neural networks,
ICML 2013 (clipping, algorithm 1); I. Sutskever, J. Martens, G. Dahl, G. Hinton, On the importance
of initialization and momentum in deep learning, ICML 2013 (momentum); D. Kingma, J. Ba, Adam: a
method for stochastic optimization, ICLR 2015, algorithm 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tracer.equations.quantity import Kind, Quantity

WEIGHTS = ("row", "column")


@dataclass(frozen=True, slots=True)
class UpdateEquations:
    """What one update computes.

    Attributes
    ----------
    name, title, source : str
    given : tuple of Quantity
        What an update starts from; they have no equation.
    quantities : tuple of Quantity
        In computing order.
    """

    name: str
    title: str
    source: str
    given: tuple[Quantity, ...]
    quantities: tuple[Quantity, ...]


def _array(name: str, symbol: str, equation: str, meaning: str) -> Quantity:
    kind = Kind.GRADIENT if name.startswith(("d", "clipped")) else Kind.INFORMATION
    return Quantity(name, symbol, equation, WEIGHTS, kind, None, meaning)


def _number(name: str, symbol: str, equation: str, meaning: str) -> Quantity:
    return Quantity(name, symbol, equation, (), Kind.INFORMATION, None, meaning)


_W = _array("w", "θ_(t-1)", "", "the weights before the update")
_D = _array("d", "g_t", "", "the gradient of the weights")
_M = _array("m", "m_(t-1)", "", "what the updates before left: their average, or velocity")
_RATE = _number("learning_rate", "α", "", "how far one update goes")

CLIP = UpdateEquations(
    name="clip",
    title="clipping by norm",
    source="Pascanu, Mikolov, Bengio (ICML 2013), algorithm 1",
    given=(
        _array("d_U", "∂L/∂U", "", "the gradient of U"),
        _array("d_W", "∂L/∂W", "", "the gradient of W"),
        Quantity(
            "d_a", "∂L/∂a", "", ("row",), Kind.GRADIENT, None, "the gradient of a",
        ),
        _number("max_norm", "", "", "the longest that the gradient may be"),
    ),
    quantities=(
        _number(
            "norm", "‖g‖", "sqrt(sum(d_U ** 2) + sum(d_W ** 2) + sum(d_a ** 2))",
            "the length of the whole gradient, all its arrays taken together",
        ),
        _number(
            "scale", "", "min(1, max_norm / norm)",
            "what every number of the gradient is multiplied by: 1 where it is short enough",
        ),
        _array("clipped_d_U", "", "scale * d_U", "the gradient of U, no longer than allowed"),
        _array("clipped_d_W", "", "scale * d_W", "the gradient of W, no longer than allowed"),
        Quantity(
            "clipped_d_a", "", "scale * d_a", ("row",), Kind.GRADIENT, None,
            "the gradient of a, no longer than allowed",
        ),
    ),
)  # fmt: skip

SGD = UpdateEquations(
    name="sgd",
    title="SGD with momentum",
    source="Sutskever, Martens, Dahl, Hinton (ICML 2013), equations 1 and 2; their velocity is "
    "-learning_rate * m",
    given=(
        _W, _D, _M, _RATE,
        _number("momentum", "μ", "", "how much of the velocity is kept"),
    ),
    quantities=(
        _array(
            "m_new", "m_t", "momentum * m + d",
            "the velocity: the gradients so far, each counted less the older it is",
        ),
        _array("w_new", "θ_t", "w - learning_rate * m_new", "the weights after the update"),
    ),
)  # fmt: skip

ADAM = UpdateEquations(
    name="adam",
    title="Adam",
    source="Kingma, Ba (ICLR 2015), algorithm 1",
    given=(
        _W, _D, _M,
        _array("v", "v_(t-1)", "", "the running average of the squared gradients"),
        _number("t", "t", "", "the number of this update, counted from 1"),
        _RATE,
        _number("beta1", "β_1", "", "how much of the average m is kept"),
        _number("beta2", "β_2", "", "how much of the average v is kept"),
        _number("epsilon", "ε", "", "a small number, so that nothing is divided by 0"),
    ),
    quantities=(
        _array(
            "m_new", "m_t", "beta1 * m + (1 - beta1) * d",
            "the running average of the gradients",
        ),
        _array(
            "v_new", "v_t", "beta2 * v + (1 - beta2) * d ** 2",
            "the running average of the squared gradients",
        ),
        _array(
            "m_hat", "m̂_t", "m_new / (1 - beta1 ** t)",
            "m without the pull of its start at 0",
        ),
        _array(
            "v_hat", "v̂_t", "v_new / (1 - beta2 ** t)",
            "v without the pull of its start at 0",
        ),
        _array(
            "w_new", "θ_t", "w - learning_rate * m_hat / (sqrt(v_hat) + epsilon)",
            "the weights after the update",
        ),
    ),
)  # fmt: skip

UPDATES: Mapping[str, UpdateEquations] = MappingProxyType({u.name: u for u in (CLIP, SGD, ADAM)})
"""Every kind of update, by name."""
