"""The one list of quantities: name, equation, shape, kind and meaning of every number in a trace.

The kernels, the trace file, the screen, the grader and the docs all read this list; there is no
second one. It follows the article's and Goodfellow's letters and the gate order of PyTorch.

Each ``equation`` is the line of code that computes the quantity, so it can be read, printed with
numbers put in, and run: the tests evaluate every equation on the numbers of the textbook cells.
Equations are listed in the order in which a step computes them, which is also the order in which
two traces are compared.

Source: I. Goodfellow, Y. Bengio, A. Courville, Deep Learning, MIT Press 2016, chapter 10
(RNN: equations 10.8 to 10.11; LSTM: 10.40 to 10.44).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

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

    @property
    def range(self) -> tuple[float, float] | None:
        """The closed range such a number lives in, or None where it has no bounds."""
        return _RANGES.get(self)


_RANGES: Mapping[Kind, tuple[float, float]] = MappingProxyType(
    {
        Kind.SWITCH: (0.0, 1.0),
        Kind.INFORMATION: (-1.0, 1.0),
        Kind.PROBABILITY: (0.0, 1.0),
    }
)

LEVELS = ("states", "gates", "all")
"""How much a trace stores, leanest first. What a level leaves out is rebuilt on demand."""


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
        Python for the right-hand side, in the names of this list; empty for what is given.
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

    def stored_at(self, level: str) -> bool:
        """Whether a trace of this level keeps the quantity."""
        return self.level is not None and LEVELS.index(self.level) <= LEVELS.index(level)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One learned array. `shape` is written in sizes: ``("4H", "D")``."""

    name: str
    shape: tuple[str, ...]
    meaning: str
    elsewhere: str


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
    options : mapping
        Name of each option of the cell and its choices, the default first.
    functions : mapping
        Each function that the equations name, and the option or the activation that it stands for.
    """

    name: str
    title: str
    state: tuple[str, ...]
    gates: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    quantities: tuple[Quantity, ...]
    options: Mapping[str, tuple[str, ...]]
    functions: Mapping[str, str]
    _by_name: Mapping[str, Quantity] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {q.name: q for q in self.quantities})

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


UNIT = ("step", "batch", "unit")
INPUT = ("step", "batch", "input")
CLASS = ("step", "batch", "class")
SEQUENCE = ("step", "batch")


def _pre_activation(gate: str, of: str) -> tuple[Quantity, ...]:
    """The sum z that one gate looks at, and its three shares: the word, the memory, the bias."""
    _ = f"_{gate}" if gate else ""
    kind, z = Kind.PRE_ACTIVATION, f"z{_}"
    return (
        Quantity(
            f"{z}_from_x", f"U{_} x_t", f"x @ U{_}.T", UNIT, kind, None,
            f"the share of {z} that comes from the word",
        ),
        Quantity(
            f"{z}_from_h", f"W{_} h_(t-1)", f"h_prev @ W{_}.T", UNIT, kind, None,
            f"the share of {z} that comes from what the step before handed on",
        ),
        Quantity(
            f"{z}_from_a", f"a{_}", f"a{_}", UNIT, kind, None,
            f"the share of {z} that is always there, the bias",
        ),
        Quantity(
            z, z, f"{z}_from_x + {z}_from_h + {z}_from_a", UNIT, kind, "all",
            f"the sum that {of} looks at, before it is squeezed",
        ),
    )  # fmt: skip


_X = Quantity(
    "x", "x_t", "", INPUT, Kind.INFORMATION, "states",
    "the input: the word, as numbers",
)  # fmt: skip
_H_PREV = Quantity(
    "h_prev", "h_(t-1)", "", UNIT, Kind.INFORMATION, None,
    "the output of the step before, or h_0 at the first step",
)  # fmt: skip
_C_PREV = Quantity(
    "c_prev", "c_(t-1)", "", UNIT, Kind.MEMORY, None,
    "the memory of the step before, or c_0 at the first step",
)  # fmt: skip


def _parameters(gates: int) -> tuple[Parameter, ...]:
    rows = f"{gates}H" if gates > 1 else "H"
    return (
        Parameter(
            "U", (rows, "D"), "weights from the input to the hidden units",
            "PyTorch weight_ih_l0, Keras kernel (transposed), CS231n Wx (transposed), ONNX W",
        ),
        Parameter(
            "W", (rows, "H"), "weights from the step before to the hidden units",
            "PyTorch weight_hh_l0, Keras recurrent_kernel (transposed), CS231n Wh (transposed), "
            "ONNX R",
        ),
        Parameter(
            "a", (rows,), "bias of the hidden units",
            "PyTorch bias_ih_l0 + bias_hh_l0",
        ),
    )  # fmt: skip


RNN = CellEquations(
    name="rnn",
    title="RNN",
    state=("h",),
    gates=(),
    parameters=_parameters(1),
    quantities=(
        _X,
        _H_PREV,
        *_pre_activation("", "the unit"),
        Quantity(
            "h", "h_t", "f(z)", UNIT, Kind.INFORMATION, "states",
            "what the unit says, to the output and to the next step (the article's s_t)",
        ),
    ),
    options=MappingProxyType({"f": ("tanh", "relu", "sigmoid", "identity")}),
    functions=MappingProxyType({"f": "f"}),
)  # fmt: skip

LSTM = CellEquations(
    name="lstm",
    title="LSTM",
    state=("h", "c"),
    gates=("i", "f", "g", "o"),
    parameters=_parameters(4),
    quantities=(
        _X,
        _H_PREV,
        _C_PREV,
        *_pre_activation("i", "the input switch"),
        Quantity(
            "i", "i_t", "σ(z_i)", UNIT, Kind.SWITCH, "gates",
            "the input switch: how much of the new information is written",
        ),
        *_pre_activation("f", "the forget switch"),
        Quantity(
            "f", "f_t", "σ(z_f)", UNIT, Kind.SWITCH, "gates",
            "the forget switch: how much of the memory is kept (1 keeps all, 0 forgets all)",
        ),
        *_pre_activation("g", "the new information"),
        Quantity(
            "g", "g_t", "tanh(z_g)", UNIT, Kind.INFORMATION, "gates",
            "the new information that could be written",
        ),
        *_pre_activation("o", "the output switch"),
        Quantity(
            "o", "o_t", "σ(z_o)", UNIT, Kind.SWITCH, "gates",
            "the output switch: how much of the memory is shown",
        ),
        Quantity(
            "c", "c_t", "f * c_prev + i * g", UNIT, Kind.MEMORY, "states",
            "the memory now: what was kept of the old plus what was written of the new",
        ),
        Quantity(
            "tanh_c", "tanh(c_t)", "tanh(c)", UNIT, Kind.INFORMATION, "all",
            "the memory, squeezed into -1..1",
        ),
        Quantity(
            "h", "h_t", "o * tanh_c", UNIT, Kind.INFORMATION, "states",
            "the part of the memory that is shown, to the output and to the next step",
        ),
    ),
    options=MappingProxyType({"gate": ("sigmoid", "hard-sigmoid", "hard")}),
    functions=MappingProxyType({"σ": "gate", "tanh": "tanh"}),
)  # fmt: skip

CELLS: Mapping[str, CellEquations] = MappingProxyType({eq.name: eq for eq in (RNN, LSTM)})
"""Every kind of cell, by name."""

OUTPUT_PARAMETERS = (
    Parameter("V", ("K", "H"), "weights from the hidden units to the classes",
              "PyTorch Linear.weight, Keras kernel (transposed)"),
    Parameter("b", ("K",), "bias of the classes", "PyTorch Linear.bias"),
)  # fmt: skip

OUTPUT = (
    Quantity(
        "logits", "V h_t + b", "h @ V.T + b", CLASS, Kind.SCORE, "states",
        "a score for each class, any number (the article's o_t, before the softmax)",
    ),
    Quantity(
        "probs", "p_t", "softmax(logits)", CLASS, Kind.PROBABILITY, "states",
        "the scores made into probabilities that add up to 1",
    ),
    Quantity(
        "loss", "L_t", "cross_entropy(logits, target)", SEQUENCE, Kind.LOSS, "states",
        "how surprised the network is by the right answer: -ln of its probability",
    ),
)  # fmt: skip
"""What the head computes from the last layer's h, the same for every cell."""

REDUCTION = "sum over steps, mean over the batch"
"""How the losses of single steps become one number."""
