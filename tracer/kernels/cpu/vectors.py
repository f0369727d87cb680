"""The few steps that Numba cannot be told in Python: the processor's vectors and fused sums.

Each is an intrinsic, a function that writes LLVM's instructions itself. With
``NUMBA_DISABLE_JIT=1`` there is no LLVM, and the same step is done by NumPy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import config, types
from numba.core import cgutils
from numba.core.registry import cpu_target
from numba.extending import intrinsic

from tracer.cells.activations import Array

Tile = Callable[[Array, int, Array, int, Array], None]

_TRIPLE, _NAME, _LISTED = cpu_target.target_context.codegen().magic_tuple()
_FEATURES = frozenset(_LISTED.split(","))
# Each of these processors has fused sums and 32 registers, whether or not its features are listed.
_ARM = _TRIPLE.startswith(("aarch64", "arm64"))
FUSED = _ARM or "+fma" in _FEATURES
"""Whether the processor computes ``a b + c`` with one rounding, in one instruction."""

VECTOR_BYTES = 64 if "+avx512f" in _FEATURES else 32 if "+avx" in _FEATURES else 16
MANY_REGISTERS = _ARM or VECTOR_BYTES == 64  # 32 of them; others have 16
PANEL_BYTES = 2 * VECTOR_BYTES
"""How much of a row of weights lies in one panel; see `tracer.kernels.cpu.product`."""


def _llvm_fma(builder: Any, a: Any, b: Any, c: Any) -> Any:
    """``a b + c`` for numbers or vectors. Without the instruction LLVM would call a function."""
    if not FUSED:
        return builder.fadd(builder.fmul(a, b), c)
    number = a.type.element if isinstance(a.type, ir.VectorType) else a.type
    name = "f32" if isinstance(number, ir.FloatType) else "f64"
    if isinstance(a.type, ir.VectorType):
        name = f"v{a.type.count}{name}"
    kind = ir.FunctionType(a.type, [a.type] * 3)
    function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.fma.{name}")
    return builder.call(function, [a, b, c])


@intrinsic  # type: ignore[untyped-decorator]
def _fma(_typing: Any, a: Any, b: Any, c: Any) -> Any:
    def write(_context: Any, builder: Any, _signature: Any, numbers: Any) -> Any:
        return _llvm_fma(builder, *numbers)

    return a(a, b, c), write


_FRACTION = {32: 23, 64: 52}  # bits of a float's fraction; the exponent stands above them
_BIAS = {32: 127, 64: 1023}  # the exponent field of 2^0
LIFT = {32: 64, 64: 512}
"""By how much `lifted_power` raises an exponent, so that no power of a float is too small."""
# 1.5 · 2^23 and 1.5 · 2^52: floats so large that their last bit counts ones. The sum n + ANCHOR has
# the whole number n in its last bits, and with it what the exponent field of 2^(n + LIFT) holds.
ANCHOR = {bits: 1.5 * 2.0**cut + _BIAS[bits] + LIFT[bits] for bits, cut in _FRACTION.items()}


@intrinsic  # type: ignore[untyped-decorator]
def _lifted_power(_typing: Any, anchored: Any) -> Any:
    def write(_context: Any, builder: Any, _signature: Any, numbers: Any) -> Any:
        bits = anchored.bitwidth
        whole, (number,) = ir.IntType(bits), numbers
        field = builder.shl(builder.bitcast(number, whole), ir.Constant(whole, _FRACTION[bits]))
        return builder.bitcast(field, number.type)

    return anchored(anchored), write


def _in_all_lanes(builder: Any, number: Any, vector: Any) -> Any:
    """The vector with this number in every lane."""
    first, nothing = ir.Constant(ir.IntType(32), 0), ir.Constant(vector, ir.Undefined)
    lanes = ir.Constant(ir.VectorType(ir.IntType(32), vector.count), [0] * vector.count)
    return builder.shuffle_vector(
        builder.insert_element(nothing, number, first), nothing, lanes
    )  # fmt: skip


def _load(builder: Any, address: Any, vector: Any, align: int) -> Any:
    return builder.load(builder.bitcast(address, vector.as_pointer()), align=align, typ=vector)


def _store(builder: Any, value: Any, address: Any, align: int) -> None:
    builder.store(value, builder.bitcast(address, value.type.as_pointer()), align=align)


def _tile_of(count: int, panels: int, *, outer: bool = False) -> Tile:
    """Make a product of `count` rows and `panels` panels, whose sums all stay in registers.

    ``tile(rows, r, packed, p, out)`` puts into `out` (R, K), at rows r... and the columns of panels
    p..., the product of the rows (R, J) and the packed weights (panels, J, width). Each number is
    ``sum = fma(row[j], weight[j], sum)`` for j = 0, 1, ..., from 0, whatever the tile. An `outer`
    tile takes the columns of `rows` (J, R) instead, and adds to what is in `out`. The rows may be
    longer than what is taken of them.
    """

    @intrinsic  # type: ignore[untyped-decorator]
    def tile(_typing: Any, rows: Any, r: Any, packed: Any, p: Any, out: Any) -> Any:
        def write(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            rows_v, r_v, packed_v, p_v, out_v = arguments
            arrays = [
                context.make_array(kind)(context, builder, value)
                for kind, value in ((rows, rows_v), (packed, packed_v), (out, out_v))
            ]
            row_data, weights, sums = (array.data for array in arrays)
            stride = cgutils.unpack_tuple(builder, arrays[0].shape)[1]
            J = cgutils.unpack_tuple(builder, arrays[1].shape)[1]
            K = cgutils.unpack_tuple(builder, arrays[2].shape)[1]
            size = out.dtype.bitwidth // 8
            lanes = VECTOR_BYTES // size
            number = ir.FloatType() if size == 4 else ir.DoubleType()
            vector = ir.VectorType(number, lanes)

            def at(start: Any, *terms: Any) -> Any:
                """The address of the number that many numbers after `start`."""
                for term in terms:
                    start = builder.gep(start, [term], source_etype=number)
                return start

            def whole(value: int) -> Any:
                return ir.Constant(J.type, value)

            width = 2 * panels * lanes
            k = builder.mul(p_v, whole(2 * lanes))
            there = at(sums, builder.mul(r_v, K), k)
            # Columns past the end go to a place of our own, and only those that exist come back.
            left = builder.sub(K, k)
            fits = builder.icmp_signed(">=", left, whole(width))
            aside = cgutils.alloca_once(builder, number, size=count * width)
            step = builder.select(fits, K, whole(width))
            here = builder.select(fits, there, aside)
            pairs = [
                (at(aside, whole(i * width)), at(there, builder.mul(whole(i), K)))
                for i in range(count)
            ]
            if outer:
                with builder.if_then(builder.not_(fits), likely=False):
                    for own, theirs in pairs:
                        cgutils.raw_memcpy(builder, own, theirs, left, size)

            places = [
                at(here, builder.mul(whole(i), step), whole(v * lanes))
                for i in range(count)
                for v in range(2 * panels)
            ]
            sums_now = [
                cgutils.alloca_once_value(
                    builder,
                    _load(builder, place, vector, size)
                    if outer
                    else ir.Constant(vector, [0.0] * lanes),
                )
                for place in places
            ]
            to_next_row, to_next_j = (whole(1), stride) if outer else (stride, whole(1))
            first_row = at(row_data, builder.mul(r_v, to_next_row))
            row_starts = [at(first_row, builder.mul(whole(i), to_next_row)) for i in range(count)]
            panel_size = builder.mul(J, whole(2 * lanes))
            first_panel = at(weights, builder.mul(p_v, panel_size))
            starts = [at(first_panel, builder.mul(whole(q), panel_size)) for q in range(panels)]
            with cgutils.for_range(builder, J) as loop:
                line = builder.mul(loop.index, whole(2 * lanes))
                row_of_weights = [
                    _load(builder, at(start, line, whole(v * lanes)), vector, size)
                    for start in starts
                    for v in range(2)
                ]
                j = builder.mul(loop.index, to_next_j)
                for i, start in enumerate(row_starts):
                    one = builder.load(at(start, j), typ=number)
                    everywhere = _in_all_lanes(builder, one, vector)
                    for v, weight in enumerate(row_of_weights):
                        total = sums_now[i * 2 * panels + v]
                        before = builder.load(total)
                        builder.store(_llvm_fma(builder, everywhere, weight, before), total)
            for total, place in zip(sums_now, places, strict=True):
                _store(builder, builder.load(total), place, size)
            with builder.if_then(builder.not_(fits), likely=False):
                for own, theirs in pairs:
                    cgutils.raw_memcpy(builder, theirs, own, left, size)
            return context.get_dummy_value()

        return types.void(rows, r, packed, p, out), write

    return tile  # type: ignore[no-any-return]


def _plain_tile_of(count: int, panels: int, *, outer: bool = False) -> Tile:
    def tile(rows: Array, r: int, packed: Array, p: int, out: Array) -> None:
        _, J, width = packed.shape
        mine = (rows.T if outer else rows)[r : r + count]
        for q in range(p, p + panels):
            there = out[r : r + count, q * width : (q + 1) * width]
            if not outer:
                there[:] = 0
            for j in range(J):
                there += mine[:, j, np.newaxis] * packed[q, j, : there.shape[1]]

    return tile


def _plain_fma(a: Any, b: Any, c: Any) -> Any:
    return a * b + c


def _plain_lifted_power(anchored: Any) -> Any:
    bits = 8 * anchored.itemsize
    whole = np.dtype(f"int{bits}").type
    return (anchored.view(whole) << whole(_FRACTION[bits])).view(anchored.dtype)


fma: Callable[[Any, Any, Any], Any] = _plain_fma if config.DISABLE_JIT else _fma
"""``fma(a, b, c)`` is ``a b + c``, rounded once where the processor can."""

lifted_power: Callable[[Any], Any] = _plain_lifted_power if config.DISABLE_JIT else _lifted_power
"""``lifted_power(n + ANCHOR)`` is 2^(n + LIFT), for a whole n where that is a normal float."""

tile_of: Callable[..., Tile] = _plain_tile_of if config.DISABLE_JIT else _tile_of
