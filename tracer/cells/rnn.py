"""The Elman RNN, as the textbook writes it. One step, plain NumPy, any batch.

Source: J. L. Elman, Finding Structure in Time, Cognitive Science 14 (1990);
Goodfellow et al., Deep Learning (2016), equations 10.8 and 10.9.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from tracer.cells.activations import ACTIVATIONS, SLOPES, Array
from tracer.cells.cell import Cell
from tracer.equations import RNN, CellEquations


@dataclass(frozen=True, eq=False, repr=False)
class RNNCell(Cell):
    """A plain recurrent cell: ``h = f(U x + W h_prev + a)``.

    Parameters
    ----------
    U : array (H, D)
        Input to hidden.
    W : array (H, H)
        Hidden to hidden, the same at every step.
    a : array (H,), optional
        Hidden bias; PyTorch's two biases added together. Zeros if left out.
    f : str
        ``"tanh"`` (default), ``"relu"``, ``"sigmoid"`` or ``"identity"``.

    Raises
    ------
    InputError, UnknownNameError
        If shapes or dtypes do not fit together, or `f` is not on the list.
    """

    f: str = "tanh"

    equations: ClassVar[CellEquations] = RNN

    def step(self, x: Array, h_prev: Array) -> dict[str, Array]:
        """One step forward.

        Parameters
        ----------
        x : array (N, D)
        h_prev : array (N, H)

        Returns
        -------
        dict of str to array (N, H)
            ``z`` and ``h``.
        """
        f = ACTIVATIONS[self.f]

        z = x @ self.U.T + h_prev @ self.W.T + self.a  # (N, H)
        h = f(z)

        return {"z": z, "h": h}

    def step_back(
        self, numbers: Mapping[str, Array], d_h_from_loss: Array, d_h_from_next: Array
    ) -> dict[str, Array]:
        """One step backward (Goodfellow, section 10.2.2).

        Parameters
        ----------
        numbers : mapping
            ``x h_prev z h`` of this step, each (N, ·).
        d_h_from_loss, d_h_from_next : array (N, H)
            The two parts of the gradient of h: from this step's output, from the step after.

        Returns
        -------
        dict of str to array (N, ·)
            ``d_h d_z d_x`` and, for the step before, ``d_h_prev``.
        """
        df = SLOPES[self.f]

        d_h = d_h_from_loss + d_h_from_next
        d_z = d_h * df(numbers["z"])

        return {"d_h": d_h, "d_z": d_z, "d_x": d_z @ self.U, "d_h_prev": d_z @ self.W}
