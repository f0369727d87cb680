"""Runs a cell over a sequence and records what it did."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tracer.cells import CELL_CLASSES, Cell
from tracer.cells.activations import Array
from tracer.cells.parameters import as_array, copied, view_of
from tracer.equations import LEVELS
from tracer.errors import InputError, UnknownNameError
from tracer.kernels.device import OnACard, adopted, at_zero, device_for
from tracer.kernels.device import device as device_named
from tracer.trace.at_once import at_once
from tracer.trace.checkpoints import CHECKPOINTS, NO_CHECKPOINTS, checkpointed
from tracer.trace.layer import LayerTrace
from tracer.trace.room import check_room
from tracer.trace.streaming import unroll_into
from tracer.trace.trace import Trace
from tracer.trace.versions import VERSIONS


def unroll(
    cell: Cell,
    x: npt.ArrayLike | OnACard,
    *,
    h_0: npt.ArrayLike | OnACard | None = None,
    c_0: npt.ArrayLike | OnACard | None = None,
    lengths: Sequence[int] | npt.NDArray[np.integer[Any]] | None = None,
    device: str = "cpu",
    level: str = "all",
    into: str | os.PathLike[str] | None = None,
) -> Trace:
    """Run a cell over every step of a batch of sequences and record what happens inside.

    Parameters
    ----------
    cell : RNNCell, LSTMCell, or another registered kind of `tracer.cells.Cell`
    x : array (T, N, D), or (T, D) for one sequence
        Of the cell's dtype, float32 or float64.
    h_0, c_0 : array (N, H), or (H,) for one sequence
        The state before the first step; zero where left out. c_0 is for cells with a memory.
    lengths : ints (N,)
        Number of real steps of each sequence, 1..T; all of them T where left out. Past its length
        a sequence's h and c stand still and what else it computes is 0.
    device : str
        ``"cpu"`` (compiled), ``"cuda"`` (an NVIDIA card; the extra ``cuda``) or ``"reference"``
        (the textbook's loop). A kind of cell that has no compiled step runs on ``"reference"``;
        ``trace.device`` says which it was. On ``"cuda"`` x, h_0 and c_0 may lie on the card, as
        anything with ``__cuda_array_interface__``; they are read there, not copied, so leave them
        as they are while the trace is in use.
    level : str
        What to store: ``"states"`` (h, c), ``"gates"`` (also i, f, g, o) or ``"all"`` (also every
        z and tanh_c); or, of a long run, ``"checkpoints"``: h and c at every √T-th step. The rest
        is rebuilt when asked for, to the bit.
    into : path
        The file (``.safetensors``) that the trace is to be written to while it is made, step by
        step. It is opened as `tracer.open` does. Neither the trace nor x has to fit into memory: x
        may be an `np.memmap`, or what ``np.load(file, mmap_mode="r")`` gives.

    Returns
    -------
    Trace

    Raises
    ------
    InputError, UnknownNameError
        If shapes, dtypes or lengths do not fit together, a name is not on its list, or what is to
        be recorded would not fit into the memory of this machine, or of the card.
    FileError
        If the file `into` cannot be written, or would not fit on its disk.
    """
    if not isinstance(cell, Cell):
        raise InputError(
            f"cell has to be one of {', '.join(kind.__name__ for kind in CELL_CLASSES.values())}; "
            f"this is {cell!r}"
        )
    if level not in LEVELS:
        raise UnknownNameError("level", level, LEVELS)
    device = device_for(cell, device)
    module = device_named(device)
    taken = adopted("x", x, device)
    x = _checked_x(cell, view_of("x", x) if taken is None else taken)
    T, N, _ = x.shape
    begun = {} if h_0 is None and c_0 is None else {"h": h_0, "c": c_0}
    state = _checked_state(cell, begun, N, device)
    steps = _checked_lengths(lengths, T, N)
    if into is not None:
        return unroll_into(into, cell, x, state, steps, level, device, VERSIONS)
    if device != "cuda" or level == CHECKPOINTS:  # a card has memory of its own, and says how much
        check_room(cell, T, N, level, advice="into='run.safetensors', straight into a file")
    x = copied(x) if taken is None else x
    recorded: Mapping[str, Array]
    if level == CHECKPOINTS:
        checkpoints, recorded = checkpointed(module, cell, x, state, steps), {}
    else:
        checkpoints, recorded = NO_CHECKPOINTS, module.forward(cell, x, state, steps, level)
    layer = at_once(
        LayerTrace, cell=cell, x=x, initial=state, lengths=steps, level=level, device=device,
        recorded=recorded, gradients={}, checkpoints=checkpoints, _replayed={},
        _began=dict(state),
    )  # fmt: skip
    return at_once(Trace, layers=(layer,), outputs={}, _versions=VERSIONS, units=slice(None))


def given_array(name: str, given: Any, device: str) -> Array:
    """What the caller gave as an array; on the device ``"cuda"`` a card's numbers stay there."""
    found = adopted(name, given, device)
    return as_array(name, given) if found is None else found


def _checked_x(cell: Cell, x: Array) -> Array:
    if x.ndim == 2:  # one sequence
        x = x.reshape(x.shape[0], 1, x.shape[1])
    shape, D = x.shape, cell.U.shape[1]
    if len(shape) != 3:
        raise InputError(f"x has shape {shape}; expected (T, N, D), or (T, D) for one sequence")
    if shape[2] != D:
        raise InputError(f"x has shape {shape}; U has shape {cell.U.shape}, so D has to be {D}")
    if 0 in shape:
        raise InputError(f"x has shape {shape}; at least one sequence of one step is needed")
    _check_dtype("x", x, cell)
    return x


def _checked_state(cell: Cell, given: Mapping[str, Any], N: int, device: str) -> dict[str, Array]:
    H = cell.W.shape[1]
    nothing = at_zero(N, H, cell.W.dtype.char)
    state: dict[str, Array] = dict.fromkeys(cell.equations.state, nothing)
    if not given:
        return state
    for name, value in given.items():
        if value is None:
            continue
        if name not in state:
            owner = cell.equations.with_article
            raise InputError(f"{name}_0 was given, but {owner} has no {name}")
        array = given_array(f"{name}_0", value, device)
        if array.shape == (H,) and N == 1:
            array = array.reshape(1, H)
        if array.shape != (N, H):
            raise InputError(f"{name}_0 has shape {array.shape}; expected (N, H) = ({N}, {H})")
        _check_dtype(f"{name}_0", array, cell)
        state[name] = array
    return state


def _checked_lengths(lengths: Any, T: int, N: int) -> npt.NDArray[np.int64]:
    if lengths is None:
        whole = np.empty(N, np.int64)
        whole.fill(T)  # np.full takes twice as long
        return whole
    try:
        array = np.asarray(lengths)
    except ValueError:
        raise InputError("lengths is not a list of whole numbers") from None
    if array.shape != (N,) or array.dtype.kind not in "iu":
        raise InputError(
            f"lengths has shape {array.shape} and dtype {array.dtype}; "
            f"expected one whole number for each of the N={N} sequences"
        )
    for n, length in enumerate(array.tolist()):
        if not 1 <= length <= T:
            raise InputError(f"lengths[{n}] is {length}; expected 1 to T={T}")
    return array.astype(np.int64)


def _check_dtype(name: str, array: Array, cell: Cell) -> None:
    if array.dtype.char != cell.W.dtype.char:  # in any byte order
        raise InputError(
            f"{name} has dtype {array.dtype} and the cell's weights have {cell.W.dtype}; "
            f"pass {name}.astype('{cell.W.dtype}')"
        )
