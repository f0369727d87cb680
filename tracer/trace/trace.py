"""A trace: every number of every step of one run, by name, with named axes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from tracer.cells import Cell
from tracer.cells.activations import STRAIGHT_THROUGH, Array
from tracer.equations import OUTPUT, OUTPUT_BACKWARD, REDUCTION, CellEquations, Quantity
from tracer.errors import InputError, UnknownNameError
from tracer.trace.layer import LayerTrace, cut_each

Index: TypeAlias = int | slice
UnitIndex: TypeAlias = int | slice | list[int]


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
class Trace:
    """Every number of every step; made by `tracer.unroll`, `Model.trace` or `tracer.open`.

    ``trace["f"]`` is the quantity f of the last layer, an array (T, N, H); ``trace[0, "forward",
    "f"]`` names the layer and the direction too. Names and equations are those of
    `tracer.equations`. What the level left out, and the shares of each sum (``z_f_from_x``,
    ``z_f_from_h``, ``z_f_from_a``), are rebuilt when asked for, exactly.

    Indices count from 0, as everywhere in Python: ``trace["h"][0]`` is h_1 of the equations.

    Attributes
    ----------
    layers : tuple of LayerTrace
    outputs : mapping
        ``logits`` and ``probs`` (T, N, K); with a target ``loss`` (T, N); after a backward pass
        ``d_logits`` (T, N, K), ``d_V`` and ``d_b``.
    first_step : int
        Index of this trace's first step in the whole sentence; 0 unless it was cut by `sel`.
    versions : mapping
        The versions of what computed it.
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
    versions: Mapping[str, str] = field(default_factory=dict)
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
    def reduction(self) -> str | None:
        """How the losses of single steps become one number, where there are any."""
        return REDUCTION if "loss" in self.outputs else None

    @property
    def straight_through(self) -> bool:
        """Whether gradients here went straight through hard switches, with another slope."""
        chosen = {getattr(self.cell, option) for option in self.equations.options}
        return bool(self.last.gradients) and not chosen.isdisjoint(STRAIGHT_THROUGH)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that ``trace[...]`` understands, in computing order."""
        forward = [q.name for q in self.equations]
        outputs = [q.name for q in (*OUTPUT, *OUTPUT_BACKWARD) if q.name in self.outputs]
        return (*forward, *outputs, *self.last.gradients)

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

    def _find(self, key: str | tuple[int, str, str]) -> tuple[LayerTrace | None, str]:
        """The layer and the name that a key means; the layer is None for an output."""
        if isinstance(key, str):
            if key in self.outputs:
                return None, key
            if key not in self.last:
                raise UnknownNameError("quantity in this trace", key, self.names)
            return self.last, key
        try:
            address = Address(*key)
        except TypeError:
            raise UnknownNameError("quantity in this trace", key, self.names) from None
        known = [Address(n, layer.direction, "") for n, layer in enumerate(self.layers)]
        for wanted, layer in zip(known, self.layers, strict=True):
            if wanted[:2] == address[:2]:
                is_output = layer is self.last and address.name in self.outputs
                return None if is_output else layer, address.name
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
        for dim, index in {"step": step, "batch": batch, "unit": unit}.items():
            if index is not None and dim in self.dropped:
                raise InputError(f"this trace has no axis '{dim}' left: it was cut to one {dim}")
        steps, part = _consecutive("step", step, self.T), _consecutive("batch", batch, self.N)
        start, stop = steps.start, steps.stop
        units = self.units if unit is None else pick_units(unit, np.arange(self.H)[self.units])
        indices = {"step": step, "batch": batch, "unit": unit}
        dropped = {dim for dim, index in indices.items() if _is_number(index)}
        return replace(
            self,
            layers=tuple(layer.cut(start, stop, part) for layer in self.layers),
            outputs=cut_each(
                self.outputs,
                {name: self.quantity(name).dims for name in self.outputs},
                {"step": steps, "batch": part},
                {"step": self.T, "batch": self.N},
            ),
            first_step=self.first_step + start,
            tokens=self.tokens and tuple(words[steps] for words in self.tokens[part]),
            given=tuple(min(max(count - start, 0), stop - start) for count in self.given[part]),
            unknown=tuple(
                frozenset(t - start for t in sentence if start <= t < stop)
                for sentence in self.unknown[part]
            ),
            target=None if self.target is None else self.target[steps, part],
            counted=None if self.counted is None else self.counted[steps, part],
            averaged_over=self.averaged_over or self.N,
            dropped=self.dropped | dropped,
            units=units,
        )


def _is_number(index: object) -> bool:
    return isinstance(index, int | np.integer) and not isinstance(index, bool)


def _consecutive(dim: str, index: Index | None, size: int) -> slice:
    """An index along one axis as a slice of positions 0 <= start < stop <= size."""
    if index is None:
        return slice(0, size)
    if isinstance(index, slice):
        try:
            start, stop, stride = index.indices(size)
        except (TypeError, ValueError):
            raise InputError(f"{dim}={index} is not a range of whole numbers") from None
        if stride != 1:
            raise InputError(f"{dim}={index} skips or turns round; a part has to be consecutive")
        if start >= stop:
            raise InputError(f"{dim}={index} selects nothing; {dim} counts from 0 to {size - 1}")
        return slice(start, stop)
    if not _is_number(index):
        raise InputError(f"{dim} has to be a number or a slice; this is {index!r}")
    if not -size <= index < size:
        raise InputError(f"there is no {dim} {index}; they count from 0 to {size - 1}")
    return slice(index % size, index % size + 1)


def pick_units(unit: UnitIndex, known: npt.NDArray[np.int64]) -> UnitIndex:
    """The positions in the whole layer of `unit`, which counts among the units `known`."""
    numbers = [unit] if _is_number(unit) else unit
    if not isinstance(numbers, slice) and not (
        isinstance(numbers, list) and all(map(_is_number, numbers))
    ):
        raise InputError(f"unit has to be a number, a slice or a list of numbers; this is {unit!r}")
    try:
        picked = known[unit]
    except IndexError:
        raise InputError(
            f"there is no unit {unit}; they count from 0 to {known.size - 1}"
        ) from None
    if picked.size == 0:
        raise InputError(f"unit={unit} selects nothing; this trace has {known.size} units")
    positions: UnitIndex = picked.tolist()
    return positions
