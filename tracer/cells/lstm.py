"""The LSTM with a forget gate, as the textbook writes it. One step, plain NumPy, any batch.

Source: S. Hochreiter, J. Schmidhuber, Long Short-Term Memory, Neural Computation 9 (1997);
F. Gers, J. Schmidhuber, F. Cummins, Learning to Forget, Neural Computation 12 (2000);
Goodfellow et al., Deep Learning (2016), equations 10.40 to 10.44.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from tracer.cells.activations import ACTIVATIONS, SLOPES, Array, tanh
from tracer.cells.cell import Cell
from tracer.equations import LSTM, CellEquations


@dataclass(frozen=True, eq=False, repr=False)
class LSTMCell(Cell):
    """A long short-term memory cell: three switches i, f, o around a memory c.

    Parameters
    ----------
    U : array (4H, D)
        Input to hidden; four blocks of H rows in the order i, f, g, o.
    W : array (4H, H)
        Hidden to hidden, in the same order.
    a : array (4H,), optional
        Hidden bias, in the same order; PyTorch's two biases added together. Zeros if left out.
    gate : str
        ``"sigmoid"`` (default), ``"hard-sigmoid"`` (slope 1/6: PyTorch, Keras 3),
        ``"hard-sigmoid-0.2"`` (slope 0.2: Keras 2, ONNX), or ``"hard"``: switches that are 0 or 1.

    Raises
    ------
    InputError, UnknownNameError
        If shapes or dtypes do not fit together, or `gate` is not on the list.
    """

    gate: str = "sigmoid"

    equations: ClassVar[CellEquations] = LSTM

    def step(self, x: Array, h_prev: Array, c_prev: Array) -> dict[str, Array]:
        """One step forward.

        Parameters
        ----------
        x : array (N, D)
        h_prev, c_prev : array (N, H)

        Returns
        -------
        dict of str to array (N, H)
            ``z_i i z_f f z_g g z_o o c tanh_c h``.
        """
        σ = ACTIVATIONS[self.gate]

        z = x @ self.U.T + h_prev @ self.W.T + self.a  # (N, 4H)
        z_i, z_f, z_g, z_o = np.split(z, 4, axis=-1)  # each (N, H)

        i = σ(z_i)
        f = σ(z_f)
        g = tanh(z_g)
        o = σ(z_o)

        c = f * c_prev + i * g
        tanh_c = tanh(c)
        h = o * tanh_c

        return {
            "z_i": z_i, "i": i,
            "z_f": z_f, "f": f,
            "z_g": z_g, "g": g,
            "z_o": z_o, "o": o,
            "c": c, "tanh_c": tanh_c, "h": h,
        }  # fmt: skip

    def step_back(
        self,
        numbers: Mapping[str, Array],
        d_h_from_loss: Array,
        d_h_from_next: Array,
        d_c_from_next: Array,
    ) -> dict[str, Array]:
        """One step backward: the equations of `step`, differentiated from the last to the first.

        Parameters
        ----------
        numbers : mapping
            Every quantity of this step forward, each (N, ·).
        d_h_from_loss, d_h_from_next : array (N, H)
            The two parts of the gradient of h: from this step's output, from the step after.
        d_c_from_next : array (N, H)
            The part of the gradient of c that comes back from the step after.

        Returns
        -------
        dict of str to array (N, ·)
            Every gradient of this step and, for the step before, ``d_h_prev`` and ``d_c_prev``.
        """
        dσ, dtanh = SLOPES[self.gate], SLOPES["tanh"]
        z_i, z_f, z_g, z_o = (numbers[f"z_{gate}"] for gate in self.equations.gates)
        i, f, g, o = (numbers[gate] for gate in self.equations.gates)
        c_prev, c, tanh_c = numbers["c_prev"], numbers["c"], numbers["tanh_c"]

        d_h = d_h_from_loss + d_h_from_next

        # h = o * tanh_c
        d_o = d_h * tanh_c
        d_tanh_c = d_h * o
        d_c_from_h = d_tanh_c * dtanh(c)
        d_c = d_c_from_h + d_c_from_next

        # c = f * c_prev + i * g
        d_i = d_c * g
        d_f = d_c * c_prev
        d_g = d_c * i
        d_c_prev = d_c * f

        d_z_i = d_i * dσ(z_i)
        d_z_f = d_f * dσ(z_f)
        d_z_g = d_g * dtanh(z_g)
        d_z_o = d_o * dσ(z_o)

        # z = U x + W h_prev + a
        d_z = np.concatenate([d_z_i, d_z_f, d_z_g, d_z_o], axis=-1)  # (N, 4H)
        d_x = d_z @ self.U
        d_h_prev = d_z @ self.W

        return {
            "d_h": d_h, "d_o": d_o, "d_tanh_c": d_tanh_c,
            "d_c_from_h": d_c_from_h, "d_c": d_c,
            "d_i": d_i, "d_f": d_f, "d_g": d_g,
            "d_z_i": d_z_i, "d_z_f": d_z_f, "d_z_g": d_z_g, "d_z_o": d_z_o,
            "d_x": d_x, "d_h_prev": d_h_prev, "d_c_prev": d_c_prev,
        }  # fmt: skip
