"""The sizes that are measured, and one row of a table: everybody's median, and our shares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from typing import Any, NamedTuple

import numpy as np

from benchmarks.contestants import LAYERS, Size, backward, forward, inference, network
from benchmarks.tables import OURS, Row
from benchmarks.turns import medians

SIZES = (
    Size(10, 1, 8, 8), Size(50, 1, 8, 16), Size(100, 1, 32, 64), Size(100, 1, 64, 128),
    Size(100, 1, 128, 256), Size(100, 16, 64, 128), Size(100, 32, 128, 256),
    Size(50, 64, 256, 512), Size(20, 128, 512, 1024),
)  # fmt: skip
"""From one word-sized network to a batch of a large one."""

GROWING = {
    "T": [Size(T, 1, 32, 64) for T in (10, 100, 1_000, 10_000)],
    "N": [Size(50, N, 64, 128) for N in (1, 4, 16, 64, 256)],
    "H": [Size(50, 16, 64, H) for H in (8, 32, 128, 512)],
}
"""Sizes of which one grows."""

TOLERANCE = {"float32": 1e-4, "float64": 1e-10}
"""How far two results may be apart, relative to the largest number: gradients are sums over T·N."""


class Case(NamedTuple):
    """What a row is about."""

    part: str
    kind: str
    dtype: str
    size: Size


def tables(parts: Sequence[str], sizes: Sequence[Size] = SIZES) -> Iterator[list[Case]]:
    """The rows of each table."""
    for part in ("forward", "backward"):
        if part in parts:
            for kind in LAYERS:
                for dtype in TOLERANCE:
                    yield [Case(part, kind, dtype, size) for size in sizes]
    if "scaling" in parts:
        for name, growing in GROWING.items():
            yield [Case(f"forward while {name} grows", "lstm", "float32", s) for s in growing]


def row(case: Case, rates: dict[str, float], seconds: float, rest: float = 0.0) -> Row:
    """The medians of one size. All contestants must agree, or nothing is measured."""
    part, kind, dtype, size = case
    contestants = (backward if part == "backward" else forward)(kind, dtype, size)
    if "grows" in part:
        contestants = {n: c for n, c in contestants.items() if n in {LAYERS[kind], *OURS}}
    with nullcontext() if part == "backward" else inference():
        expected = contestants["all"].result(contestants["all"].run())
        tolerance = TOLERANCE[dtype] * float(np.abs(expected).max())

        def agrees(name: str, result: Any) -> None:
            theirs = contestants[name].result(result)
            np.testing.assert_allclose(theirs, expected, rtol=0, atol=tolerance, err_msg=name)

        run = {name: each.run for name, each in contestants.items()}
        ms = medians(run, seconds, agrees, rest=rest)
    shares = {} if part == "backward" else shares_of(case, ms, rates)
    return {**case._asdict(), "size": list(size), "ms": ms, "shares": shares, "rates": rates}


def shares_of(case: Case, ms: dict[str, float], rates: dict[str, float]) -> dict[str, float]:
    """Our part of what the machine can do.

    Of the product's rate, what U x and W h need at level gates; of the copy's, what level all
    writes.
    """
    T, N, D, H = case.size
    cell, _ = network(case.kind, case.dtype, Size(1, 1, D, H))
    operations = 2 * T * N * len(cell.U) * (D + H)
    written = sum(bool(q.equation) and q.stored_at("all") for q in cell.equations)
    numbers = T * N * H * written * cell.U.itemsize
    return {
        "of the product": operations / (ms["gates"] * 1e6) / rates[case.dtype],
        "of the copy": numbers / (ms["all"] * 1e6) / rates["copy"],
    }
