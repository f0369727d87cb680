"""A trace: every number of every step of one run, by name, with named axes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tracer.cells import Cell
from tracer.cells.activations import STRAIGHT_THROUGH, Array
from tracer.cells.parameters import freeze
from tracer.equations import OUTPUT, OUTPUT_BACKWARD, REDUCTION, CellEquations, Quantity
from tracer.errors import InputError, UnknownNameError
from tracer.trace.absent import why_absent
from tracer.trace.layer import LayerTrace
from tracer.trace.part import Index, UnitIndex, part_of


class Head(NamedTuple):
    """The output layer ``logits = V h + b``: V (K, H), b (K,)."""

    V: Array
    b: Array


class Address(NamedTuple):
    """Where a quantity lives: layer (from 0), direction, name. A bare name is the last layer's."""

    layer: int
    direction: str
    name: str


@dataclass(frozen=True, eq=False)
class Trace(Mapping[str, Array]):
    """Every number of every step; made by `tracer.unroll`, `Model.trace` or `tracer.open`.

    ``trace["f"]`` is the quantity f of the last layer, an array (T, N, H); ``trace[0, "forward",
    "f"]`` names the layer and the direction too. Names and equations are those of
    `tracer.equations`. What the level left out, and the shares of each sum (``z_f_from_x``,
    ``z_f_from_h``, ``z_f_from_a``), are rebuilt when asked for, exactly.

    Indices count from 0, as everywhere in Python: ``trace["h"][0]`` is h_1 of the equations.

    It is a mapping: ``list(trace)`` and ``trace.keys()`` are its `names`, ``dict(trace)`` all its
    numbers. A trace equals only itself; `tracer.compare` says where two of them part.

    Attributes
    ----------
    layers : tuple of LayerTrace
    outputs : mapping
        ``logits`` and ``probs`` (T, N, K); with a target ``loss`` (T, N); after a backward pass
        ``d_logits`` (T, N, K), ``d_V`` and ``d_b``.
    first_step : int
        Index of this trace's first step in the whole sentence; 0 unless it was cut by `sel`.
    tokens : tuple of tuple of str, or None
        The words of each sequence. This and what follows is there where a model made the trace.
    given : tuple of int
        How many words of each sequence were given; a model that generates said those after them.
        Empty where all were given.
    unknown : tuple of frozenset of int
        The steps of each sequence whose word the model does not know.
    labels : tuple of str, or None
        The name of each class.
    task, model_name : str or None
    head : Head or None
    target : int array (T, N), or None
        The right class at each step; -1 where there is none.
    counted : bool array (T, N), or None
        The steps whose output the task counts.
    averaged_over : int or None
        The number of sentences that the loss is a mean over; None where it is N. `sel` keeps it,
        so that the gradients of a part are still those of the whole loss.
    """

    layers: tuple[LayerTrace, ...]
    outputs: Mapping[str, Array] = field(default_factory=dict)
    first_step: int = 0
    _versions: Mapping[str, str] = field(default_factory=dict, repr=False)
    tokens: tuple[tuple[str, ...], ...] | None = None
    given: tuple[int, ...] = ()
    unknown: tuple[frozenset[int], ...] = ()
    labels: tuple[str, ...] | None = None
    task: str | None = None
    model_name: str | None = None
    head: Head | None = None
    target: npt.NDArray[np.int64] | None = None
    counted: npt.NDArray[np.bool_] | None = None
    averaged_over: int | None = None
    dropped: frozenset[str] = frozenset()
    units: UnitIndex = field(default_factory=lambda: slice(None))

    def __post_init__(self) -> None:
        # A bare cell's run has none of them, and is over before they are all looked for.
        if self.outputs or self.head or self.target is not None or self.counted is not None:
            freeze((*self.outputs.values(), *(self.head or ()), self.target, self.counted))

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__post_init__()

    def __repr__(self) -> str:
        """What ran, its sizes and its quantities; the numbers themselves are one name away."""
        ran = f" of {self.model_name}" if self.model_name else ""
        words = " ".join(self.tokens[0][:8]) if self.tokens else ""
        words += " …" if self.tokens and (len(self.tokens[0]) > 8 or self.N > 1) else ""
        classes = "" if self.K is None else f", K={self.K}"
        return (
            f"<Trace{ran}{f' on {words!r}' if words else ''}: {self.equations.title}, "
            f"T={self.T}, N={self.N}, D={self.D}, H={self.H}{classes}, {self.dtype}; "
            f"{len(self.names)} quantities in .names>"
        )

    # -- sizes and names -------------------------------------------------------------------------

    @property
    def last(self) -> LayerTrace:
        """The last layer, the one that bare names mean."""
        return self.layers[-1]

    @property
    def cell(self) -> Cell:
        """The last layer's cell."""
        return self.last.cell

    @property
    def equations(self) -> CellEquations:
        """The list of quantities of the last layer's cell."""
        return self.cell.equations

    @property
    def T(self) -> int:
        """Number of steps."""
        return int(self.last.x.shape[0])

    @property
    def N(self) -> int:
        """Number of sequences, the batch."""
        return int(self.last.x.shape[1])

    @property
    def D(self) -> int:
        """Size of the input."""
        return int(self.layers[0].x.shape[2])

    @property
    def H(self) -> int:
        """Number of hidden units of the last layer."""
        return int(self.cell.W.shape[1])

    @property
    def K(self) -> int | None:
        """Number of classes, or None where there is no output."""
        return None if self.head is None else len(self.head.b)

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Number of real steps of each sequence (N,)."""
        return self.last.lengths

    @property
    def level(self) -> str:
        """How much is stored: one of `tracer.equations.LEVELS`."""
        return self.last.level

    @property
    def device(self) -> str:
        """What computed it."""
        return self.last.device

    @property
    def dtype(self) -> np.dtype[Any]:
        """float32 or float64."""
        return self.last.x.dtype

    @property
    def versions(self) -> dict[str, str]:
        """The versions of what computed it, by name."""
        return dict(self._versions)

    @property
    def reduction(self) -> str | None:
        """How the losses of single steps become one number, where there are any."""
        return REDUCTION if "loss" in self.outputs else None

    @property
    def straight_through(self) -> bool:
        """Whether gradients here went straight through hard gates, with another slope."""
        chosen = {getattr(self.cell, option) for option in self.equations.options}
        return bool(self.last.gradients) and not chosen.isdisjoint(STRAIGHT_THROUGH)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that ``trace[...]`` understands, in computing order."""
        forward = [q.name for q in self.equations]
        outputs = [q.name for q in (*OUTPUT, *OUTPUT_BACKWARD) if q.name in self.outputs]
        return (*forward, *outputs, *self.last.gradient_names)

    @property
    def recorded(self) -> tuple[str, ...]:
        """The names whose numbers are stored; the others are rebuilt when asked for."""
        stored = {"x", *self.last.recorded, *self.last.gradients, *self.outputs}
        return tuple(name for name in self.names if name in stored)

    def quantity(self, key: str | tuple[int, str, str]) -> Quantity:
        """Symbol, equation, axes, kind and meaning of a quantity."""
        layer, name = self._find(key)
        if layer is not None:
            return layer.cell.equations[name]
        return next(q for q in (*OUTPUT, *OUTPUT_BACKWARD) if q.name == name)

    def dims(self, key: str | tuple[int, str, str]) -> tuple[str, ...]:
        """The names of a quantity's axes: ``("step", "batch", "unit")``."""
        return tuple(dim for dim in self.quantity(key).dims if dim not in self.dropped)

    # -- numbers ---------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    # Mapping would lay all the numbers side by side, and an array is no yes or no.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, tuple):
            return key in self.names
        try:
            self._find(key)
        except UnknownNameError:
            return False
        return True

    def __getitem__(self, key: str | tuple[int, str, str]) -> Array:
        """The numbers of one quantity; `UnknownNameError` where there is no such name."""
        layer, name = self._find(key)
        array = self.outputs[name] if layer is None else layer[name]
        picks: dict[str, int | UnitIndex] = dict.fromkeys(self.dropped, 0) | {"unit": self.units}
        for axis, dim in reversed(list(enumerate(self.quantity(key).dims))):
            if dim in picks:
                array = array[(slice(None),) * axis + (picks[dim],)]
        return array

    def on_card(self, key: str | tuple[int, str, str]) -> Any:
        """A quantity as it lies on the CUDA card, without a copy.

        Returns
        -------
        object
            With ``shape``, ``dtype`` and ``__cuda_array_interface__``, by which PyTorch
            (``torch.as_tensor(found, device="cuda")``), CuPy and Numba read it there. Not to be
            written to.

        Raises
        ------
        InputError, UnknownNameError
            If it does not lie on a card: another device made the trace, it was opened from a file
            or cut, or it is a quantity that is worked out on the processor (shares, outputs).
        """
        layer, name = self._find(key)
        whole = not self.dropped and self.units == slice(None)
        found = layer.as_it_lies(name) if layer is not None and whole else None
        if not hasattr(found, "__cuda_array_interface__"):
            raise InputError(
                f"{key} does not lie on a card, but with the processor: trace[{key!r}] has it. On "
                "the card is what tracer.unroll and tracer.backprop compute with device='cuda', "
                "until it is cut or saved"
            )
        return found

    def _find(self, key: str | tuple[int, str, str]) -> tuple[LayerTrace | None, str]:
        """The layer and the name that a key means; the layer is None for an output."""
        if isinstance(key, str):
            if key in self.outputs:
                return None, key
            if key not in self.last:
                why = why_absent(self, key)
                raise UnknownNameError("quantity in this trace", key, self.names, why)
            return self.last, key
        try:
            address = Address(*key)
        except TypeError:
            raise UnknownNameError("quantity in this trace", key, self.names) from None
        known = [Address(n, layer.direction, "") for n, layer in enumerate(self.layers)]
        for wanted, layer in zip(known, self.layers, strict=True):
            if wanted[:2] == address[:2]:
                if layer is self.last and address.name in self.outputs:
                    return None, address.name
                if address.name not in layer:
                    raise UnknownNameError("quantity in this layer", address.name, layer)
                return layer, address.name
        listed = (f"({one.layer}, '{one.direction}', name)" for one in known)
        raise UnknownNameError("layer", f"({address.layer}, '{address.direction}')", listed)

    # -- parts -----------------------------------------------------------------------------------

    def at(self, t: int) -> Trace:
        """Step t alone (from 0; -1 is the last): ``trace.at(0)["f"]`` is an array (N, H)."""
        return self.sel(step=t)

    def sel(
        self,
        *,
        step: Index | None = None,
        batch: Index | None = None,
        unit: UnitIndex | None = None,
    ) -> Trace:
        """Part of a trace, by the names of its axes. A number drops the axis, a slice keeps it.

        Parameters
        ----------
        step, batch : int or slice
            Steps have to be consecutive, for the state before them goes along.
        unit : int, slice or list of int

        Returns
        -------
        Trace
            Every quantity of its steps can still be rebuilt. Gradients that are sums over the
            steps or sentences (``d_U``, ``d_V``, ...) are not there if some of those were cut
            away, nor are ``d_h_0`` and ``d_c_0`` where the cut begins later than this trace.
        """
        return part_of(self, step=step, batch=batch, unit=unit)
