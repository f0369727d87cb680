"""A third kind of cell, which only the tests know: its equations and its textbook step.

The minimal gated unit: G. Zhou, J. Wu, C. Zhang, Z. Zhou, Minimal Gated Unit for Recurrent Neural
Networks, International Journal of Automation and Computing 13 (2016). It has one switch, and the
block W_g meets not h_prev but what the gate lets through of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from tracer.cells.activations import ACTIVATIONS, SLOPES, Array, tanh
from tracer.cells.cell import Cell
from tracer.equations import CellEquations, Kind, Quantity
from tracer.equations.recurrent import (
    D_H,
    D_H_FROM_LOSS,
    H_PREV,
    UNIT,
    X,
    gradient,
    of_inputs,
    of_parameters,
    pre_activation,
    recurrent_parameters,
)

GATES = ("f", "g")
PARAMETERS = recurrent_parameters(GATES, meets={"g": "m"})

MGU = CellEquations(
    name="mgu",
    title="MGU",
    state=("h",),
    gates=GATES,
    parameters=PARAMETERS,
    quantities=(
        X,
        H_PREV,
        *pre_activation("f", "the switch"),
        Quantity("f", "f_t", "σ(z_f)", UNIT, Kind.SWITCH, "gates", "how much is written anew"),
        Quantity(
            "m", "m_t", "f * h_prev", UNIT, Kind.INFORMATION, "all",
            "what the gate lets through of the previous step",
        ),
        *pre_activation("g", "the new information", meets="m"),
        Quantity(
            "g", "g_t", "tanh(z_g)", UNIT, Kind.INFORMATION, "gates", "the new information",
        ),
        Quantity(
            "h", "h_t", "(1 - f) * h_prev + f * g", UNIT, Kind.INFORMATION, "states",
            "what was kept plus what was written",
        ),
    ),
    options=MappingProxyType({"gate": ("sigmoid", "hard-sigmoid", "hard")}),
    functions=MappingProxyType({"σ": "gate", "tanh": "tanh"}),
    backward=(
        D_H_FROM_LOSS,
        gradient(
            "d_h_from_next", "",
            "d_h_next * (1 - f_next) + d_m_next * f_next + d_z_f_next @ W_f",
            "the part of the gradient that comes back from the next step",
        ),
        D_H,
        gradient("d_g", "∂L/∂g_t", "d_h * f", "how the loss would change with g"),
        gradient(
            "d_z_g", "", "d_g * dtanh(z_g)", "the gradient of the new information's pre-activation"
        ),
        gradient("d_m", "∂L/∂m_t", "d_z_g @ W_g", "how the loss would change with m"),
        gradient(
            "d_f", "∂L/∂f_t", "d_h * (g - h_prev) + d_m * h_prev",
            "how the loss would change with the switch",
        ),
        gradient("d_z_f", "", "d_f * dσ(z_f)", "the gradient of the switch's sum"),
        of_inputs(GATES),
        *of_parameters(PARAMETERS, ("h",)),
    ),
)  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class MGUCell(Cell):
    """A minimal gated unit; the blocks of U, W and a are f, g."""

    gate: str = "sigmoid"

    equations: ClassVar[CellEquations] = MGU

    def step(self, x: Array, h_prev: Array) -> dict[str, Array]:
        """One step forward, for x (N, D) and h_prev (N, H)."""
        σ = ACTIVATIONS[self.gate]
        U_f, U_g = np.split(self.U, 2)
        W_f, W_g = np.split(self.W, 2)
        a_f, a_g = np.split(self.a, 2)

        z_f = x @ U_f.T + h_prev @ W_f.T + a_f
        f = σ(z_f)
        m = f * h_prev
        z_g = x @ U_g.T + m @ W_g.T + a_g
        g = tanh(z_g)
        h = (1 - f) * h_prev + f * g

        return {"z_f": z_f, "f": f, "m": m, "z_g": z_g, "g": g, "h": h}

    def step_back(
        self, numbers: Mapping[str, Array], d_h_from_loss: Array, d_h_from_next: Array
    ) -> dict[str, Array]:
        """One step backward: the equations of `step`, differentiated from the last to the first."""
        dσ, dtanh = SLOPES[self.gate], SLOPES["tanh"]
        W_f, W_g = np.split(self.W, 2)
        f, g, h_prev = numbers["f"], numbers["g"], numbers["h_prev"]

        d_h = d_h_from_loss + d_h_from_next
        d_g = d_h * f
        d_z_g = d_g * dtanh(numbers["z_g"])
        d_m = d_z_g @ W_g
        d_f = d_h * (g - h_prev) + d_m * h_prev
        d_z_f = d_f * dσ(numbers["z_f"])
        d_x = np.concatenate([d_z_f, d_z_g], axis=-1) @ self.U
        d_h_prev = d_h * (1 - f) + d_m * f + d_z_f @ W_f

        return {
            "d_h": d_h, "d_g": d_g, "d_z_g": d_z_g, "d_m": d_m, "d_f": d_f, "d_z_f": d_z_f,
            "d_x": d_x, "d_h_prev": d_h_prev,
        }  # fmt: skip
