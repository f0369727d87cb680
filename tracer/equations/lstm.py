"""The equations of the LSTM (Goodfellow 10.40 to 10.44)."""

from __future__ import annotations

from types import MappingProxyType

from tracer.equations.quantity import CellEquations, Kind, Quantity
from tracer.equations.recurrent import (
    C_PREV,
    D_H,
    D_H_FROM_LOSS,
    H_PREV,
    UNIT,
    X,
    from_next,
    gradient,
    of_inputs,
    of_parameters,
    pre_activation,
    recurrent_parameters,
)

GATES = ("i", "f", "g", "o")

LSTM = CellEquations(
    name="lstm",
    title="LSTM",
    state=("h", "c"),
    gates=GATES,
    parameters=recurrent_parameters(GATES),
    quantities=(
        X,
        H_PREV,
        C_PREV,
        *pre_activation("i", "the input gate"),
        Quantity(
            "i", "i_t", "σ(z_i)", UNIT, Kind.SWITCH, "gates",
            "the input gate: how much of the new information is written",
        ),
        *pre_activation("f", "the forget gate"),
        Quantity(
            "f", "f_t", "σ(z_f)", UNIT, Kind.SWITCH, "gates",
            "the forget gate: how much of the memory is kept (1 keeps all, 0 forgets all)",
        ),
        *pre_activation("g", "the new information"),
        Quantity(
            "g", "g_t", "tanh(z_g)", UNIT, Kind.INFORMATION, "gates",
            "the new information: the candidate to be written",
        ),
        *pre_activation("o", "the output gate"),
        Quantity(
            "o", "o_t", "σ(z_o)", UNIT, Kind.SWITCH, "gates",
            "the output gate: how much of the memory is shown",
        ),
        Quantity(
            "c", "c_t", "f * c_prev + i * g", UNIT, Kind.MEMORY, "states",
            "the memory (cell state): what is kept of the old plus what is written of the new",
        ),
        Quantity(
            "tanh_c", "tanh(c_t)", "tanh(c)", UNIT, Kind.INFORMATION, "all",
            "the memory, squeezed into -1..1",
        ),
        Quantity(
            "h", "h_t", "o * tanh_c", UNIT, Kind.INFORMATION, "states",
            "the hidden state: the part of the memory shown to the output and to the next step",
        ),
    ),
    options=MappingProxyType({"gate": ("sigmoid", "hard-sigmoid", "hard-sigmoid-0.2", "hard")}),
    functions=MappingProxyType({"σ": "gate", "tanh": "tanh"}),
    forget="f",
    backward=(
        D_H_FROM_LOSS,
        from_next(GATES),
        D_H,
        gradient(
            "d_o", "∂L/∂o_t", "d_h * tanh_c",
            "how the loss changes with the output gate",
        ),
        gradient(
            "d_tanh_c", "", "d_h * o",
            "the gradient that the output gate passes to the memory",
        ),
        gradient(
            "d_c_from_h", "", "d_tanh_c * dtanh(c)",
            "the part of the memory's gradient that comes through h",
        ),
        gradient(
            "d_c_from_next", "", "f_next * d_c_next",
            "the part that comes back along the memory, scaled by the forget gate alone",
        ),
        gradient(
            "d_c", "∂L/∂c_t", "d_c_from_h + d_c_from_next",
            "how the loss changes with the memory",
        ),
        gradient(
            "d_i", "∂L/∂i_t", "d_c * g", "how the loss changes with the input gate",
        ),
        gradient(
            "d_f", "∂L/∂f_t", "d_c * c_prev", "how the loss changes with the forget gate",
        ),
        gradient(
            "d_g", "∂L/∂g_t", "d_c * i", "how the loss changes with the new information",
        ),
        gradient("d_z_i", "", "d_i * dσ(z_i)", "the gradient of the input gate's pre-activation"),
        gradient("d_z_f", "", "d_f * dσ(z_f)", "the gradient of the forget gate's pre-activation"),
        gradient(
            "d_z_g", "", "d_g * dtanh(z_g)", "the gradient of the new information's pre-activation"
        ),
        gradient("d_z_o", "", "d_o * dσ(z_o)", "the gradient of the output gate's pre-activation"),
        of_inputs(GATES),
        *of_parameters(recurrent_parameters(GATES), ("h", "c")),
    ),
)  # fmt: skip
