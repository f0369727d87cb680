"""The products for every card: numbers in registers, read from shared memory 16 bytes at once."""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np
import pytest

from tests.cuda.test_choice import H100
from tests.ptx.conftest import ARCHITECTURES, EVERY, linked, ptx_of
from tracer.kernels.cuda import parts, product
from tracer.kernels.cuda.choice import product_shape
from tracer.kernels.cuda.package import VECTOR
from tracer.kernels.cuda.product import Lies

DTYPES = ("float32", "float64")
LIES = (
    Lies(left_in_j=True, right_in_j=False, ragged=False),
    Lies(left_in_j=False, right_in_j=True, ragged=True),
)
"""That of most products, and one with the other branch of each choice."""
SIZES = {"big": (6400, 1024), "small": (32, 32)}
"""R and K for which `choice` takes either shape."""


def on_each(*kinds: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """Each kind for each card; where a share is compiled, each of both at least once."""
    return [
        (cc, *kind)
        for shift, cc in enumerate(ARCHITECTURES)
        for place, kind in enumerate(kinds)
        if EVERY == 1 or (place + shift) % len(kinds) == 0
    ]


@pytest.mark.parametrize(
    ("cc", "dtype", "size", "lies"), on_each(*itertools.product(DTYPES, SIZES, LIES))
)
def test_a_product_keeps_its_numbers_in_registers(
    cc: tuple[int, int], dtype: str, size: str, lies: Lies, record_property: Any
) -> None:
    """And in float32 there are so few registers in a thread that 512 of them run at once."""
    bytes_each = np.dtype(dtype).itemsize
    shape = product_shape(H100, *SIZES[size], many=1, size=bytes_each)
    made = product.product(dtype, shape, lies)
    ptx = ptx_of(made, cc)
    found = linked(ptx, cc)

    for name, value in found._asdict().items():
        record_property(name, value)
    assert found.stack == 0
    assert not re.search(r"(ld|st)\.local|__local_depot", ptx)
    assert found.shared <= 48 * 1024
    assert found.registers * shape.threads <= H100.registers
    if dtype == "float32":
        assert found.registers <= 128
    at_once = re.findall(r"ld\.shared\.v(?:4\.[bf]32|2\.[bf]64)", ptx)
    assert len(at_once) >= 4 * (shape.each_down + shape.each_across) * bytes_each // VECTOR
    assert not re.search(r"ld\.shared\.f", ptx)


@pytest.mark.parametrize(("cc", "dtype"), on_each(("float32",), ("float64",)))
def test_parts_are_added_in_registers(cc: tuple[int, int], dtype: str) -> None:
    """The sum has no memory of its own."""
    made = parts.add_parts(dtype)
    found = linked(ptx_of(made, cc), cc)

    assert found.stack == 0
