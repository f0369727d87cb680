"""What every kind of cell is: three arrays of weights, and a step forward and backward."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from tracer.cells.activations import Array
from tracer.cells.parameters import checked_parameters, freeze
from tracer.equations import CellEquations


@dataclass(frozen=True, eq=False, repr=False)
class Cell:
    """A recurrent cell. Each kind is a class of its own, with its equations and its options.

    Parameters
    ----------
    U : array (rows, D)
        Input to hidden: a block of H rows for each gate, in the order of the equations' list.
    W : array (rows, H)
        Hidden to hidden, in the same order.
    a : array (rows,), optional
        Hidden bias, in the same order; zeros for a network without one.

    Raises
    ------
    InputError, UnknownNameError
        If shapes or dtypes do not fit together, or an option is not on its list.
    """

    U: Array
    W: Array
    a: Array = None  # type: ignore[assignment] # no bias; once the cell is made it is zeros

    equations: ClassVar[CellEquations]

    def __post_init__(self) -> None:
        given = {p.name: getattr(self, p.name) for p in self.equations.parameters}
        for name, array in checked_parameters(self.equations, given, self.options).items():
            object.__setattr__(self, name, array)
            freeze([array])

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        freeze(getattr(self, p.name) for p in self.equations.parameters)

    def __repr__(self) -> str:
        """Its sizes; the weights themselves are in U, W and a."""
        H, D = self.W.shape[1], self.U.shape[1]
        options = "".join(f"{name}={value!r}, " for name, value in self.options.items())
        return f"<{type(self).__name__} D={D}, H={H}, {options}{self.W.dtype}>"

    @property
    def options(self) -> dict[str, str]:
        """What was chosen for each option of the equations."""
        return {name: getattr(self, name) for name in self.equations.options}

    # Each kind names its own state in the arguments: (x, h_prev), or (x, h_prev, c_prev).
    def step(self, *args: Any, **kwargs: Any) -> dict[str, Array]:
        """One step forward: every quantity of the list that has a level."""
        raise NotImplementedError(f"{type(self).__name__} has no step")

    def step_back(self, *args: Any, **kwargs: Any) -> dict[str, Array]:
        """One step backward: the list's gradients and, for the step before, ``d_h_prev`` ...."""
        raise NotImplementedError(f"{type(self).__name__} has no step back")
