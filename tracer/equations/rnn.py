"""The equations of the Elman RNN (Goodfellow 10.8, 10.9; backward: section 10.2.2)."""

from __future__ import annotations

from types import MappingProxyType

from tracer.equations.quantity import CellEquations, Kind, Quantity
from tracer.equations.recurrent import (
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

RNN = CellEquations(
    name="rnn",
    title="RNN",
    state=("h",),
    gates=(),
    parameters=recurrent_parameters(()),
    quantities=(
        X,
        H_PREV,
        *pre_activation("", "the unit"),
        Quantity(
            "h", "h_t", "f(z)", UNIT, Kind.INFORMATION, "states",
            "the hidden state, passed to the output and to the next step (s_t in some texts)",
        ),
    ),
    options=MappingProxyType({"f": ("tanh", "relu", "sigmoid", "identity")}),
    functions=MappingProxyType({"f": "f"}),
    backward=(
        D_H_FROM_LOSS,
        from_next(()),
        D_H,
        gradient("d_z", "∂L/∂z", "d_h * df(z)", "how the loss changes with the pre-activation z"),
        of_inputs(()),
        *of_parameters(recurrent_parameters(()), ("h",)),
    ),
)  # fmt: skip
