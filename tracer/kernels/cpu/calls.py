"""What one compiled function costs another: a call or a copy, and the counting of arrays.

Numba counts how often each array is in use, with a locked instruction at every hand-over. In a step
of few numbers that takes as long as the numbers do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from llvmlite import ir
from numba import config, types
from numba.core import cgutils
from numba.extending import intrinsic

from tracer.kernels.cpu.vectors import VECTOR_BYTES

Arrays = TypeVar("Arrays")

_FLOATS, _DOUBLES = ir.FloatType().as_pointer(), ir.DoubleType().as_pointer()


@intrinsic  # type: ignore[untyped-decorator]
def _stand_apart(_typing: Any) -> Any:
    def write(context: Any, builder: Any, _signature: Any, _nothing: Any) -> Any:
        builder.function.attributes.add("noinline")
        # LLVM halves the vectors of processors whose first AVX-512 was slow; these loops are
        # quicker with whole ones. llvmlite's own `add` knows none of the attributes with a value.
        set.add(builder.function.attributes, f'"prefer-vector-width"="{8 * VECTOR_BYTES}"')
        for argument in builder.function.args:
            # An array's numbers, which no other array shares: else each loop asks at every start.
            if argument.type in (_FLOATS, _DOUBLES):
                argument.add_attribute("noalias")
        return context.get_dummy_value()

    return types.void(), write


@intrinsic  # type: ignore[untyped-decorator]
def _uncounted(_typing: Any, arrays: Any) -> Any:
    def write(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return _without_owner(context, builder, arrays, values[0])

    return arrays(arrays), write


def _without_owner(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    """The same array, or tuple of arrays, in which nobody is named whose uses are to be counted."""
    if isinstance(kind, types.BaseTuple):
        parts = zip(kind.types, cgutils.unpack_tuple(builder, value), strict=True)
        return context.make_tuple(
            builder, kind, [_without_owner(context, builder, *part) for part in parts]
        )
    if not isinstance(kind, types.Array):
        return value
    array = context.make_array(kind)(context, builder, value)
    array.meminfo = cgutils.get_null_value(array.meminfo.type)
    array.parent = cgutils.get_null_value(array.parent.type)
    return array._getvalue()  # noqa: SLF001 - Numba's own way


def _plain_stand_apart() -> None:
    pass


def _plain_uncounted(arrays: Arrays) -> Arrays:
    return arrays


stand_apart: Callable[[], None] = _plain_stand_apart if config.DISABLE_JIT else _stand_apart
"""A compiled function that calls it exists once, and is not copied into every place of its use.

The first compilation takes half the time.
"""

uncounted: Callable[[Arrays], Arrays] = _plain_uncounted if config.DISABLE_JIT else _uncounted
"""The same array, or tuple of arrays, whose uses are not counted any more.

Only for what a function was handed: whoever called it keeps the numbers until it returns.
"""
