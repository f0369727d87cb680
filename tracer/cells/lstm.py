"""The LSTM with a forget gate, as the textbook writes it. One step, plain NumPy, any batch.

Source: S. Hochreiter, J. Schmidhuber, Long Short-Term Memory, Neural Computation 9 (1997);
F. Gers, J. Schmidhuber, F. Cummins, Learning to Forget, Neural Computation 12 (2000);
Goodfellow et al., Deep Learning (2016), equations 10.40 to 10.44.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from tracer.cells.activations import ACTIVATIONS, Array, tanh
from tracer.cells.parameters import checked_parameters
from tracer.equations import LSTM, CellEquations


@dataclass(frozen=True, eq=False)
class LSTMCell:
    """A long short-term memory cell: three switches i, f, o around a memory c.

    Parameters
    ----------
    U : array (4H, D)
        Input to hidden; four blocks of H rows in the order i, f, g, o.
    W : array (4H, H)
        Hidden to hidden, in the same order.
    a : array (4H,)
        Hidden bias, in the same order; PyTorch's two biases added together.
    gate : str
        ``"sigmoid"`` (default), ``"hard-sigmoid"``, or ``"hard"``: switches that are 0 or 1.

    Raises
    ------
    InputError, UnknownNameError
        If shapes or dtypes do not fit together, or `gate` is not on the list.
    """

    U: Array
    W: Array
    a: Array
    gate: str = "sigmoid"

    equations: ClassVar[CellEquations] = LSTM

    def __post_init__(self) -> None:
        given = {"U": self.U, "W": self.W, "a": self.a}
        for name, array in checked_parameters(LSTM, given, {"gate": self.gate}).items():
            object.__setattr__(self, name, array)

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
