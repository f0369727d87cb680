"""What is said about a quantity, a parameter and a kind of cell."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from tracer.equations.expression import Call, Expression
from tracer.equations.parsing import parse
from tracer.errors import UnknownNameError


class Kind(StrEnum):
    """What sort of number a quantity is; it decides the colour scale and the words used for it."""

    SWITCH = "switch"
    INFORMATION = "information"
    MEMORY = "memory"
    PRE_ACTIVATION = "pre-activation"
    SCORE = "score"
    PROBABILITY = "probability"
    LOSS = "loss"
    GRADIENT = "gradient"

    @property
    def range(self) -> tuple[float, float] | None:
        """The closed range such a number usually lives in, or None where it has no bounds.

        `CellEquations.range` knows the functions that a cell was given.
        """
        return _RANGES.get(self)


_RANGES: Mapping[Kind, tuple[float, float]] = MappingProxyType(
    {
        Kind.SWITCH: (0.0, 1.0),
        Kind.INFORMATION: (-1.0, 1.0),
        Kind.PROBABILITY: (0.0, 1.0),
    }
)

_VALUES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "tanh": (-1.0, 1.0),
        "sigmoid": (0.0, 1.0),
        "hard-sigmoid": (0.0, 1.0),
        "hard-sigmoid-0.2": (0.0, 1.0),
        "hard": (0.0, 1.0),
        "relu": (0.0, math.inf),
        "identity": (-math.inf, math.inf),
    }
)
"""Between which numbers the values of each activation lie."""

LEVELS = ("checkpoints", "states", "gates", "all")
"""How much a trace stores, leanest first. What a level leaves out is rebuilt on demand.

At ``"checkpoints"`` that is everything but the state at some of the steps.
"""


_DEFAULTS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Quantity:
    """One named number of every step.

    Attributes
    ----------
    name : str
        The name in code, files and on screens: ``"f"``.
    symbol : str
        The letter in the equations: ``"f_t"``.
    equation : str
        Python for the right-hand side, in the names of this list; empty for what is given. It is
        made of names, numbers, ``+ - * / @``, ``.T`` and calls of a function; ``dσ`` is the slope
        of ``σ``, ``q_next`` is q of the step after.
        ``x @ U_f.T`` is the textbook's ``U_f x_t`` for a batch of row vectors.
    dims : tuple of str
        Names of the axes: step, batch, and unit, input or class.
    kind : Kind
        Switch (0..1), information (-1..1), memory, ...
    level : str or None
        The leanest of `LEVELS` that stores it; None for what is always rebuilt.
    meaning : str
        One plain-language line.
    """

    name: str
    symbol: str
    equation: str
    dims: tuple[str, ...]
    kind: Kind
    level: str | None
    meaning: str

    @property
    def expression(self) -> Expression:
        """The equation, parsed; only of what has one."""
        return parse(self.equation)

    @property
    def reads(self) -> tuple[str, ...]:
        """The quantities and parameters that it is computed from; nothing for what is given."""
        return self.expression.reads if self.equation else ()

    @property
    def of_each_step(self) -> bool:
        """Whether there is one for each step and sentence: (T, N, ...)."""
        return self.dims[:2] == ("step", "batch")

    def stored_at(self, level: str) -> bool:
        """Whether a trace of this level keeps the quantity."""
        return self.level is not None and LEVELS.index(self.level) <= LEVELS.index(level)


class Product(NamedTuple):
    """``d^T rows``, or ``d`` alone where there are no rows; added up over steps and sentences."""

    d: str
    rows: str | None

    def __str__(self) -> str:
        return self.d if self.rows is None else f"{self.d}.T @ {self.rows}"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One learned array.

    Attributes
    ----------
    name, meaning, elsewhere : str
    shape : tuple of str
        Written in sizes: ``("4H", "D")``.
    gradient : tuple of Product
        What the gradient of each of its blocks adds up, from top to bottom. Where W_f meets
        h_prev, so that ``z_f = ... + W_f h_prev``, its gradient is ``d_z_f^T h_prev``.
    """

    name: str
    shape: tuple[str, ...]
    meaning: str
    elsewhere: str
    gradient: tuple[Product, ...]


class Block(NamedTuple):
    """The rows of a gate in a parameter, ``W_f``; all of them, ``W``, where there is no gate."""

    parameter: str
    gate: str


@dataclass(frozen=True, slots=True)
class CellEquations:
    """What a kind of cell computes.

    Attributes
    ----------
    name, title : str
        ``"lstm"``, ``"LSTM"``.
    state : tuple of str
        What one step hands to the next, in the order of the arguments: ``("h", "c")``.
    gates : tuple of str
        The blocks of U, W and a from top to bottom; empty where there is only one block.
    parameters, quantities : tuple
        In computing order.
    backward : tuple
        The gradients of one step, in the order in which the backward pass computes them.
    options : mapping
        Name of each option of the cell and its choices, the default first.
    functions : mapping
        Each function that the equations name, and the option or the activation that it stands for.
    forget : str
        The switch that says how much of the memory is kept; empty where there is none.
    """

    name: str
    title: str
    state: tuple[str, ...]
    gates: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    quantities: tuple[Quantity, ...]
    options: Mapping[str, tuple[str, ...]]
    functions: Mapping[str, str]
    backward: tuple[Quantity, ...]
    forget: str = ""
    _by_name: Mapping[str, Quantity] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "_by_name", {q.name: q for q in (*self.quantities, *self.backward)}
        )

    @property
    def with_article(self) -> str:
        """``an LSTM``, ``a GRU``: its title, and before it the article that English asks for."""
        letters = "AEFHILMNORSX" if self.title[1:2].isupper() else "AEIOU"  # spelled: an L, a G
        return f"{'an' if self.title[0] in letters else 'a'} {self.title}"

    def activations(self, chosen: Mapping[str, str] = _DEFAULTS) -> dict[str, str]:
        """Which activation each function of the equations is: ``{"σ": "sigmoid", ...}``.

        `chosen` gives the options of a cell; what it leaves open is the first choice.
        """
        options = {name: choices[0] for name, choices in self.options.items()} | dict(chosen)
        return {name: options.get(meant, meant) for name, meant in self.functions.items()}

    def range(self, name: str, chosen: Mapping[str, str] = _DEFAULTS) -> tuple[float, float] | None:
        """The closed range in which a quantity lives, or None where it has no bounds.

        What one function makes has the range of that function, as `chosen`: the h of an RNN is
        within -1..1 with tanh, and 0 or more with relu. Any other has the range of its kind.
        """
        quantity = self[name]
        made = quantity.expression if quantity.equation else None
        if isinstance(made, Call) and made.function in self.functions:
            low, high = _VALUES[self.activations(chosen)[made.function]]
            return None if math.isinf(low) and math.isinf(high) else (low, high)
        return quantity.kind.range

    def __getitem__(self, name: str) -> Quantity:
        """The quantity of that name, or an `UnknownNameError` that suggests the nearest one."""
        try:
            return self._by_name[name]
        except KeyError:
            raise UnknownNameError(f"{self.title} quantity", name, self._by_name) from None

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[Quantity]:
        return iter(self.quantities)

    def parameter(self, name: str) -> Parameter:
        """The parameter of that name."""
        return next(p for p in self.parameters if p.name == name)

    def block(self, name: str) -> Block | None:
        """What a name in an equation is of the parameters; None where it is a quantity."""
        parameter, _, gate = name.partition("_")
        known = parameter in {p.name for p in self.parameters} and gate in ("", *self.gates)
        return Block(parameter, gate) if known else None

    def behind(self, name: str, given: Collection[str] = ()) -> frozenset[str]:
        """The quantity and all that it is computed from, back to what is `given`."""
        reads = self[name].reads if name in self else ()
        earlier = (self.behind(read, given) for read in reads if read not in given)
        return frozenset({name}).union(*earlier)
