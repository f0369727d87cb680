"""What this machine can do: the rate of one large matrix product, and of a copy; and what it is."""

from __future__ import annotations

import os
import platform
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.turns import medians

PACKAGES = ("numpy", "numba", "torch", "onnxruntime", "torchlens")

SIDE = 1536
"""Rows and columns of the matrices."""

COPIED = 256 * 2**20
"""Bytes of the array that is copied: more than any cache holds."""


def rates(threads: int, seconds: float) -> dict[str, float]:
    """GFLOP/s of `np.matmul` by dtype, and GB/s that `np.copyto` writes, on so many threads.

    The product's threads are those of NumPy's BLAS, which its environment was told when the process
    began. `np.copyto` has one thread, so the array is cut into as many pieces as there are threads.
    """
    random = np.random.default_rng(0)
    products = {}
    for dtype in ("float32", "float64"):
        a, b, out = random.random((3, SIDE, SIDE), np.float32).astype(dtype)
        products[dtype] = partial(np.matmul, a, b, out=out)
    source, target = np.ones(COPIED, np.uint8), np.zeros(COPIED, np.uint8)
    pieces = [
        (np.array_split(target, threads)[n], np.array_split(source, threads)[n])
        for n in range(threads)
    ]
    with ThreadPoolExecutor(threads) as pool:
        copy = {"copy": lambda: list(pool.map(lambda piece: np.copyto(*piece), pieces))}
        ms = medians({**products, **copy}, seconds)
    per_second = {dtype: 2 * SIDE**3 / ms[dtype] / 1e6 for dtype in products}
    return {**per_second, "copy": COPIED / ms["copy"] / 1e6}


def about() -> dict[str, Any]:
    """The processor, its cores, how busy it is before anything is measured, and all versions."""
    versions = {"Python": platform.python_version()}
    for name in PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None  # Windows has none
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": load,
        "versions": versions,
    }


def caption(machine: dict[str, Any]) -> list[str]:
    """Two lines about a machine: what it is and how busy it was, and the versions."""
    first = f"{machine['processor']}, {machine['cores']} cores"
    if machine["load"] is not None:
        first += f"; load {machine['load']:.1f} when it began"
        if machine["load"] > 0.5:  # PyTorch's threads wait for each other, in a busy loop
            first += ", a loaded machine: ratios only, of one thread"
    return [first, ", ".join(f"{name} {number}" for name, number in machine["versions"].items())]


def _processor() -> str:
    """Its name as it is sold, where the system tells it."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text("utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
