"""Checks that a cell's weights fit together, so that no kernel ever meets a wrong shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array
from tracer.equations import CellEquations, Parameter
from tracer.errors import InputError, UnknownNameError

DTYPES = ("float32", "float64")


def as_array(name: str, value: Any) -> Array:
    """A copy of `value` as a float32 or float64 array; lists of numbers become float64.

    Whatever the caller does to the array later must not change a cell or a trace.

    Raises
    ------
    InputError
        If it is not rectangular or not of a float type (integers are not converted silently).
    """
    return copied(view_of(name, value))


def copied(array: Array) -> Array:
    """The same numbers in memory of their own, row after row, in this machine's byte order."""
    if type(array) is np.ndarray and array.dtype.isnative:
        return array.copy()  # twice as quick
    return np.array(array, array.dtype.type, order="C")


def view_of(name: str, value: Any) -> Array:
    """The same without the copy, of what may be larger than memory; in its own byte order.

    The values of a PyTorch parameter are taken as they are: a trace has gradients of its own.

    Raises
    ------
    InputError
        If it is not rectangular or not of a float type (integers are not converted silently).
    """
    if type(value) is np.ndarray and _is_float(value.dtype):
        return value
    if getattr(value, "requires_grad", False):
        value = value.detach()
    try:
        array = np.asarray(value)
    except (ValueError, TypeError, RuntimeError) as error:
        raise InputError(_unread(name, value, error)) from error
    if array.dtype == object:
        raise InputError(_objects(name, value, array))
    if isinstance(value, np.ma.MaskedArray) and value.mask is not np.ma.nomask:
        raise InputError(f"{name} is a masked array; fill it first: {name}.filled(0)")
    if array.dtype.kind in "iu" and not hasattr(value, "dtype"):
        array = array.astype(np.float64)  # a plain list of numbers carries no dtype of its own
    if not _is_float(array.dtype):
        raise InputError(
            f"{name} has dtype {array.dtype}; tracer computes in float32 or float64: "
            f"pass {name}.astype('float32') or {name}.astype('float64')"
        )
    return array


def _is_float(dtype: np.dtype[Any]) -> bool:
    """Whether it is one of `DTYPES`, in any byte order."""
    return dtype.kind == "f" and dtype.itemsize in {4, 8}


def _unread(name: str, value: Any, error: Exception) -> str:
    """Why NumPy could not read `value`, and what helps."""
    if isinstance(value, list | tuple):
        return f"{name} is not a rectangular array of numbers"
    if "bfloat16" in str(getattr(value, "dtype", "")):
        return f"{name} is bfloat16, which NumPy does not have; pass {name}.float()"
    reason = " ".join(str(error).split())
    return f"{name} cannot be read as a NumPy array: {reason}"


def _objects(name: str, value: Any, array: npt.NDArray[Any]) -> str:
    """What stands where numbers were wanted."""
    if value is None:
        return f"{name} is None; expected an array of numbers"
    if hasattr(value, "toarray"):
        return f"{name} is a sparse matrix; pass {name}.toarray()"
    if not array.ndim:
        return f"{name} is a {type(value).__name__}; expected an array of numbers"
    kinds = dict.fromkeys(type(element).__name__ for element in array.flat)
    return (
        f"{name} is an array of Python objects ({', '.join(kinds)}), not of numbers; "
        f"if each of them is a number, pass {name}.astype('float64')"
    )


def expected_shape(parameter: Parameter, sizes: Mapping[str, int]) -> tuple[int, ...]:
    """The shape of a parameter in numbers: ``("4H", "D")`` with H=16, D=8 is ``(64, 8)``."""
    return tuple(int(axis[:-1] or 1) * sizes[axis[-1]] for axis in parameter.shape)


def check_shape(owner: str, parameter: Parameter, array: Array, sizes: Mapping[str, int]) -> None:
    """Raise an `InputError` unless `array` has the shape that `sizes` ask for."""
    wanted = expected_shape(parameter, sizes)
    if array.shape != wanted:
        letters = ", ".join(parameter.shape) + ("," if len(parameter.shape) == 1 else "")
        used = {axis[-1]: sizes[axis[-1]] for axis in parameter.shape}
        given = " and ".join(f"{letter}={size}" for letter, size in sorted(used.items()))
        raise InputError(
            f"{parameter.name} has shape {array.shape}; {owner} with {given} "
            f"needs ({letters}) = {wanted}"
        )


def checked_parameters(
    equations: CellEquations, given: Mapping[str, Any], options: Mapping[str, str]
) -> dict[str, Array]:
    """The cell's parameters as arrays that fit together, or an `InputError` that says which do not.

    The hidden size H is read from W, which is square for each block; D from U. A bias that is None
    is zeros.
    """
    for name, value in options.items():
        if value not in equations.options[name]:
            raise UnknownNameError(f"choice for {name}", value, equations.options[name])
    given = {name: _from_card(value) for name, value in given.items()}
    arrays = {p.name: as_array(p.name, _or_zeros(p, given)) for p in equations.parameters}
    for p in equations.parameters:
        if arrays[p.name].ndim != len(p.shape):
            raise InputError(
                f"{p.name} has shape {arrays[p.name].shape}; "
                f"it needs {len(p.shape)} axes, ({', '.join(p.shape)})"
            )
    sizes = {"H": arrays["W"].shape[1], "D": arrays["U"].shape[1]}
    if 0 in sizes.values():
        raise InputError(
            f"U has shape {arrays['U'].shape} and W has shape {arrays['W'].shape}; "
            f"a cell needs at least one input and one unit"
        )
    for p in equations.parameters:
        check_shape(equations.with_article, p, arrays[p.name], sizes)
    dtypes = {name: array.dtype.name for name, array in arrays.items()}
    if len(set(dtypes.values())) > 1:
        listed = ", ".join(f"{name} is {dtype}" for name, dtype in dtypes.items())
        raise InputError(f"the weights differ in dtype: {listed}; give all of them the same one")
    return arrays


def freeze(arrays: Iterable[npt.NDArray[Any] | None]) -> None:
    """Let nobody write into these arrays: what is computed from them later has to fit them.

    Whoever makes a record of arrays calls it, and so does whoever brings one back (a pickle, a
    copy): NumPy forgets it on the way.
    """
    for array in arrays:
        if array is not None:
            # By name, or by .flags, it takes thrice as long.
            array.setflags(False)  # type: ignore[call-arg] # noqa: FBT003


_COPIES = ("cpu", "get", "copy_to_host")
"""What an array on a card calls its copy on the host: in PyTorch, in CuPy, in Numba."""


def _from_card(value: Any) -> Any:
    """Weights that lie on a card, copied to the host: a cell shows them; others as they came."""
    value = value.detach() if getattr(value, "requires_grad", False) else value
    if hasattr(value, "__cuda_array_interface__") and not hasattr(value, "__array_interface__"):
        for name in _COPIES:
            if hasattr(value, name):
                return getattr(value, name)()
    return value


def _or_zeros(parameter: Parameter, given: Mapping[str, Any]) -> Any:
    """The bias of a network without one: as many zeros as W has rows."""
    value = given[parameter.name]
    if value is None and len(parameter.shape) == 1:
        W = as_array("W", given["W"])
        return np.zeros(len(W) if W.ndim else 0, W.dtype)
    return value
