"""What one layer did: its recorded quantities, and the exact rebuilding of those it left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from tracer.cells import Cell
from tracer.cells.activations import Array
from tracer.cells.evaluation import block, evaluate
from tracer.cells.parameters import freeze
from tracer.equations import Kind
from tracer.equations.expression import Binary, Expression, Name, Transposed
from tracer.kernels.device import device, on_host, rebuilding
from tracer.kernels.laid import Laid
from tracer.trace.checkpoints import NO_CHECKPOINTS, Checkpoints
from tracer.trace.room import check_copy, check_replay


@dataclass(frozen=True, eq=False)
class LayerTrace(Mapping[str, Array]):
    """One cell unrolled over one direction; a mapping from each quantity's name to its numbers.

    What is not in `recorded` is rebuilt by the device that made the trace, from the numbers that
    are: the kernels run the same arithmetic again from a recorded state, so the result is the
    same to the bit. Where there are checkpoints, that is done window by window, and only the window
    last run again is kept.

    Attributes
    ----------
    cell : Cell
    x : array (T, N, D)
    initial : mapping
        The state before the first step, each (N, H), in the order of the cell's arguments.
    lengths : int array (N,)
        Past its length a sequence's state stands still and its other quantities are 0.
    level, device : str
    recorded : mapping
        Each (T, N, H).
    direction : str
        ``"forward"``.
    gradients : mapping
        What `tracer.backprop` added: each ``d_*`` of the cell's list. A sum over steps or
        sentences is left out of a cut that lacks some of them: it would be the whole run's.
    window : int or None
        How many steps the gradients went back at most (truncated); None for all.
    checkpoints : Checkpoints
        The state at some of the steps, where the level stores no quantity of every step.
    """

    cell: Cell
    x: Array
    initial: Mapping[str, Array]
    lengths: npt.NDArray[np.int64]
    level: str
    device: str
    recorded: Mapping[str, Array]
    direction: str = "forward"
    gradients: Mapping[str, Array] = field(default_factory=dict)
    window: int | None = None
    checkpoints: Checkpoints = NO_CHECKPOINTS
    _replayed: dict[str, Array] = field(default_factory=dict, repr=False)
    _began: Mapping[str, Array] = field(default_factory=dict, repr=False)
    """The state with which `recorded` began: what goes with that, where `initial` is exchanged."""

    def __post_init__(self) -> None:
        if not self._began:
            object.__setattr__(self, "_began", dict(self.initial))
        freeze((self.x, self.lengths, *self.initial.values(), *self._began.values()))
        for named in (self.recorded, self.gradients, self._replayed):
            if type(named) is not Laid and named:  # one that is Laid nobody can write to as it is
                freeze(named.values())

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__post_init__()

    @cached_property
    def _latest(self) -> dict[int, LayerTrace]:
        """The window that was run again last, by its first step."""
        return {}

    def __repr__(self) -> str:
        """Its cell, sizes and quantities; the numbers themselves are one name away."""
        T, N, _ = self.x.shape
        return f"<LayerTrace of {self.cell!r}: T={T}, N={N}; {len(self)} quantities>"

    def __getitem__(self, name: str) -> Array:
        """The numbers of one quantity, each (T, N, ·); `UnknownNameError` if there is none."""
        return on_host(self.as_it_lies(name))

    def as_it_lies(self, name: str) -> Any:
        """The same where the device left them: a NumPy array, or numbers on a card."""
        if name == "x":
            return self.x
        for stored in (self.recorded, self.gradients, self._replayed):
            if name in stored:
                return stored[name]
        if name.endswith("_next") and name not in self.cell.equations:  # as in an equation
            after = self[name.removesuffix("_next")]
            return np.concatenate([after[1:], np.zeros_like(after[:1])])
        quantity = self.cell.equations[name]
        T, N, _D = self.x.shape
        if len(self.checkpoints):
            return self._window_by_window(name)
        if name.endswith("_prev"):
            before = name.removesuffix("_prev")
            initial, laid = self.initial[before], self.recorded
            if isinstance(laid, Laid) and laid.begun.get(before) is initial:
                return laid.a_step_before(before)
            check_copy(self.cell, T, N, name)
            return np.concatenate([on_host(initial)[np.newaxis], self[before][:-1]])
        if quantity.level is None:
            check_copy(self.cell, T, N, name)
            return self._share(quantity.expression)
        if quantity.kind is Kind.GRADIENT:
            self._run_backward()
            return self._replayed[name]
        check_replay(self.cell, T, N, name)
        there = device(rebuilding(self.device))
        made = there.forward(self.cell, self.x, self._began, self.lengths, "all")
        freeze(made.values())
        self._replayed.update(made)
        return self._replayed[name]

    def _window_by_window(self, name: str) -> Array:
        """A quantity over all steps, of which no more than one window is run again at a time."""
        T, N, _D = self.x.shape
        check_copy(self.cell, T, N, name)
        of_input = self.cell.equations[name].dims[-1] == "input"
        M = self.cell.U if of_input else self.cell.W
        whole = np.empty((T, N, M.shape[1]), self.x.dtype)
        for start, stop in self.checkpoints.windows(T):
            whole[start:stop] = self.window_of(start)[name]
        freeze([whole])
        return whole

    def _run_backward(self) -> None:
        """Make the gradients of every step again, from those that the step after handed back."""
        back = {name: d[-1] for name, d in self.checkpoints.gradients.items()}
        found = device(rebuilding(self.device)).backward(
            self.cell, self, self.initial, self.lengths, self.gradients["d_h_from_loss"], back, None
        )
        of_steps = {q.name for q in self.cell.equations.backward if q.of_each_step}
        made = {name: numbers for name, numbers in found.items() if name in of_steps}
        freeze(made.values())
        self._replayed.update(made)

    def window_of(self, t: int) -> LayerTrace:
        """The steps from one checkpoint to the next among which is t; the latest one is kept."""
        return self._window(t)[1]

    def _window(self, t: int) -> tuple[int, LayerTrace]:
        """The steps from one checkpoint to the next among which is t, and the first of them."""
        start, stop = self.checkpoints.around(t, len(self.x))
        if (start, stop) == (0, len(self.x)):
            return 0, self
        latest = self._latest.get(start)
        if latest is None:
            back, given = self.checkpoints.after(stop, len(self.x)), {}
            if back:
                given = {"d_h_from_loss": self.gradients["d_h_from_loss"][start:stop]}
            latest = replace(
                self,
                x=self.x[start:stop],
                initial=self.checkpoints.before(start, self.initial),
                _began=self.checkpoints.before(start, self._began),
                lengths=np.clip(self.lengths - start, 0, stop - start),
                gradients=given,
                checkpoints=self.checkpoints.cut(start, stop, slice(None), back),
                _replayed={},
            )
            self._latest.clear()
            self._latest[start] = latest
        return start, latest

    def _share(self, share: Expression) -> Array:
        """A share of a sum: one matrix product, or a bias, for each step."""
        match share:
            case Binary("@", rows, Transposed(Name(name))):
                M = self._parameter(name)
                there = device(rebuilding(self.device))
                numbers = there.project(evaluate(self.cell, rows, self), M)
            case Name(name):
                numbers = self._parameter(name)
            case _:
                raise AssertionError(f"a share is a product or a bias, not {share}")
        steps = np.arange(self.x.shape[0])[:, np.newaxis]
        return np.where((steps < self.lengths)[..., np.newaxis], numbers, 0).astype(self.x.dtype)

    def _parameter(self, name: str) -> Array:
        M = block(self.cell, name)
        assert M is not None, f"the list of quantities names no parameter {name!r}"
        return M

    def __iter__(self) -> Iterator[str]:
        yield from (quantity.name for quantity in self.cell.equations)
        yield from self.gradient_names

    def __len__(self) -> int:
        return len(self.cell.equations.quantities) + len(self.gradient_names)

    @property
    def gradient_names(self) -> tuple[str, ...]:
        """The gradients that are here, stored or to be made again."""
        if not self.checkpoints.gradients:
            return tuple(self.gradients)
        backward = self.cell.equations.backward
        return tuple(q.name for q in backward if q.name in self.gradients or q.of_each_step)

    def __contains__(self, name: object) -> bool:
        return name in tuple(self)

    # Mapping would lay all the numbers side by side, and an array is no yes or no.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def cut(self, start: int, stop: int, batch: slice) -> LayerTrace:
        """Only the steps start..stop and the sequences of `batch`, with the state before them.

        The gradients of parameters are sums over all steps and sequences, those of the initial
        state belong to step 0; both go where what they are about was cut away.
        """
        back = self._handed_back(stop)
        first, window = self._window(start)
        initial, began = (
            {
                name: (window[name][start - first - 1] if start > first else on_host(before))[batch]
                for name, before in states.items()
            }
            for states in (window.initial, window._began)  # noqa: SLF001 - of the same class
        )
        replayed = {}
        if stop <= first + len(window.x):
            inside = slice(start - first, stop - first)
            there = window._replayed  # noqa: SLF001 - of the same class
            replayed = {name: array[inside, batch] for name, array in there.items()}
        if window is not self:  # a copy, or a small part would keep the whole window alive
            initial = {name: state.copy() for name, state in initial.items()}
            began = {name: state.copy() for name, state in began.items()}
            replayed = {name: array.copy() for name, array in replayed.items()}
        return replace(
            self,
            x=self.x[start:stop, batch],
            initial=initial,
            lengths=np.clip(self.lengths[batch] - start, 0, stop - start),
            recorded={name: array[start:stop, batch] for name, array in self.recorded.items()},
            gradients=cut_each(
                self.gradients,
                {name: self.cell.equations[name].dims for name in self.gradients},
                {"step": slice(start, stop), "batch": batch},
                {"step": self.x.shape[0], "batch": self.x.shape[1]},
            ),
            checkpoints=self.checkpoints.cut(start, stop, batch, back),
            _replayed=replayed,
            _began=began,
        )

    def _handed_back(self, stop: int) -> Mapping[str, Array]:
        """What comes back to step ``stop - 1`` from the step after it, where that is kept apart."""
        if not self.checkpoints.gradients:
            return {}
        kept = self.checkpoints.after(stop, len(self.x))
        if kept is not None:
            return kept
        first, window = self._window(stop - 1)
        last = stop - 1 - first
        return {name: window[f"d_{name}_from_next"][last] for name in self.initial}


def cut_each(
    arrays: Mapping[str, Array],
    dims: Mapping[str, tuple[str, ...]],
    cuts: Mapping[str, slice],
    sizes: Mapping[str, int],
) -> dict[str, Array]:
    """Cut each array along the axes it has, and leave out what no longer belongs to the part.

    A sum over an axis is left out where the cut lacks some of that axis. What has sentences but no
    steps is about the initial state, and left out where the cut begins later.
    """
    whole = {dim for dim, cut in cuts.items() if (cut.start, cut.stop) == (0, sizes[dim])}
    part = {}
    for name, array in arrays.items():
        kept = whole | {"step"} if "batch" in dims[name] and not cuts["step"].start else whole
        if all(dim in dims[name] or dim in kept for dim in cuts):
            part[name] = array[tuple(cuts.get(dim, slice(None)) for dim in dims[name])]
    return part
