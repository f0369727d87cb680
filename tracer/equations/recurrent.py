"""What the equations of all recurrent cells have in common."""

from __future__ import annotations

from collections.abc import Mapping

from tracer.equations.quantity import Kind, Parameter, Product, Quantity

UNIT = ("step", "batch", "unit")
INPUT = ("step", "batch", "input")
CLASS = ("step", "batch", "class")
SEQUENCE = ("step", "batch")


def pre_activation(gate: str, of: str, meets: str = "h_prev") -> tuple[Quantity, ...]:
    """The sum z of one gate, and its parts: the word, the previous step, the bias.

    The gate's block of W is multiplied with the quantity that it `meets`.
    """
    _ = f"_{gate}" if gate else ""
    kind, z = Kind.PRE_ACTIVATION, f"z{_}"
    met = "h_(t-1)" if meets == "h_prev" else meets
    return (
        Quantity(
            f"{z}_from_x", f"U{_} x_t", f"x @ U{_}.T", UNIT, kind, None,
            f"the part of {z} that comes from the word",
        ),
        Quantity(
            f"{z}_from_h", f"W{_} {met}", f"{meets} @ W{_}.T", UNIT, kind, None,
            f"the part of {z} that comes from the previous step",
        ),
        Quantity(
            f"{z}_from_a", f"a{_}", f"a{_}", UNIT, kind, None,
            f"the part of {z} that is the same at every step, the bias",
        ),
        Quantity(
            z, z, f"{z}_from_x + {z}_from_h + {z}_from_a", UNIT, kind, "all",
            f"the pre-activation of {of}: the sum before the activation function",
        ),
    )  # fmt: skip


X = Quantity(
    "x", "x_t", "", INPUT, Kind.INFORMATION, "states",
    "the input: the word as a vector",
)  # fmt: skip
H_PREV = Quantity(
    "h_prev", "h_(t-1)", "", UNIT, Kind.INFORMATION, None,
    "h of the previous step; h_0 at the first step",
)  # fmt: skip
C_PREV = Quantity(
    "c_prev", "c_(t-1)", "", UNIT, Kind.MEMORY, None,
    "the memory of the previous step; c_0 at the first step",
)  # fmt: skip


def recurrent_parameters(
    gates: tuple[str, ...], meets: Mapping[str, str] | None = None
) -> tuple[Parameter, ...]:
    """U, W and a of a cell with a block of rows for each gate, or with a single one.

    A gate's block of W meets h_prev where `meets` names no other quantity.
    """
    rows = f"{len(gates)}H" if gates else "H"
    met = dict.fromkeys(gates or ("",), "h_prev") | dict(meets or {})
    order = "; order of the blocks: below" if gates else ""
    sums = {gate: f"d_z_{gate}" if gate else "d_z" for gate in met}
    return (
        Parameter(
            "U", (rows, "D"), "weights from the input to the hidden units",
            "PyTorch weight_ih_l0, Keras kernel (transposed), CS231n Wx (transposed), ONNX W"
            + order,
            tuple(Product(d_z, "x") for d_z in sums.values()),
        ),
        Parameter(
            "W", (rows, "H"), "weights from the previous hidden state to the hidden units",
            "PyTorch weight_hh_l0, Keras recurrent_kernel (transposed), CS231n Wh (transposed), "
            "ONNX R" + order,
            tuple(Product(sums[gate], quantity) for gate, quantity in met.items()),
        ),
        Parameter(
            "a", (rows,), "bias of the hidden units",
            "PyTorch bias_ih_l0 + bias_hh_l0, ONNX the two halves of B added, Keras bias, CS231n b"
            + order,
            tuple(Product(d_z, None) for d_z in sums.values()),
        ),
    )  # fmt: skip


# -- backward ------------------------------------------------------------------------------------


def gradient(name: str, symbol: str, equation: str, meaning: str) -> Quantity:
    """A gradient with the axes step, batch and unit."""
    return Quantity(name, symbol, equation, UNIT, Kind.GRADIENT, "all", meaning)


def of_inputs(gates: tuple[str, ...]) -> Quantity:
    """The gradient of the input, through every gate."""
    terms = (f"d_z_{gate} @ U_{gate}" for gate in gates) if gates else ("d_z @ U",)
    return Quantity(
        "d_x", "∂L/∂x_t", " + ".join(terms), INPUT, Kind.GRADIENT, "all",
        "how the loss changes with the word's vector",
    )  # fmt: skip


def from_next(gates: tuple[str, ...]) -> Quantity:
    """The gradient that the next step sends back to h, through every gate."""
    terms = (f"d_z_{gate}_next @ W_{gate}" for gate in gates) if gates else ("d_z_next @ W",)
    return gradient(
        "d_h_from_next", "", " + ".join(terms),
        "the part of the gradient that comes back from the next step",
    )  # fmt: skip


D_H_FROM_LOSS = gradient(
    "d_h_from_loss", "", "", "the part of the gradient that comes from this step's own output"
)
D_H = gradient(
    "d_h", "∂L/∂h_t", "d_h_from_loss + d_h_from_next",
    "how the loss changes with the hidden state",
)  # fmt: skip


def of_parameters(
    parameters: tuple[Parameter, ...], state: tuple[str, ...]
) -> tuple[Quantity, ...]:
    """The gradients of the parameters, in total and for each step, and of the initial state."""
    axes = {1: ("row",), 2: ("row", "column")}
    total = [
        Quantity(
            f"d_{p.name}", f"∂L/∂{p.name}", "", axes[len(p.shape)], Kind.GRADIENT, "all",
            f"the gradient of {p.name}, summed over all steps and sentences",
        )
        for p in parameters
    ]  # fmt: skip
    shares = [
        Quantity(
            f"d_{p.name}_per_step", "", "", ("step", *axes[len(p.shape)]), Kind.GRADIENT, "all",
            f"each step's contribution to the gradient of {p.name}; all steps share the weights",
        )
        for p in parameters
    ]  # fmt: skip
    start = [
        Quantity(
            f"d_{name}_0", f"∂L/∂{name}_0", "", ("batch", "unit"), Kind.GRADIENT, "all",
            f"how the loss changes with the initial {name}",
        )
        for name in state
    ]  # fmt: skip
    return (*start, *total, *shares)
