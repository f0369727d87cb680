"""How fast a forward pass is that records every gate, against PyTorch on the same machine.

Needs PyTorch (the dependency group ``peers``)::

    python benchmarks/forward.py [--threads 1 2] [--seconds 1.5]

All contestants of a row run in turns in one process, so that whatever else the machine does falls
on each alike. Printed are the medians and, as ``×``, how many times longer PyTorch takes.

nn.LSTM
    PyTorch's fast path, which returns h of every step and keeps no gate.
LSTMCell loop
    PyTorch with the same outputs as a trace: a step in Python that keeps i, f, g, o, c and h.
gates, all
    `tracer.unroll` at these levels: the same outputs, and those with every sum and tanh c.
"""

from __future__ import annotations

import argparse
import platform
import random
import statistics
import time
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import torch

import tracer

SIZES = (
    (10, 1, 8, 8), (50, 1, 8, 16), (100, 1, 32, 64), (100, 1, 64, 128), (100, 1, 128, 256),
    (100, 16, 64, 128), (100, 32, 128, 256), (50, 64, 256, 512), (20, 128, 512, 1024),
)  # fmt: skip
"""T, N, D, H: from one word-sized network to a batch of a large one."""


def loop(net: torch.nn.LSTM, x: torch.Tensor) -> list[torch.Tensor]:
    """Every gate of every step, as a PyTorch user writes it."""
    U, W = net.weight_ih_l0, net.weight_hh_l0
    bias = net.bias_ih_l0 + net.bias_hh_l0
    h = c = torch.zeros(x.shape[1], net.hidden_size)
    steps = []
    for x_t in x:
        z = torch.addmm(bias, x_t, U.T) + h @ W.T
        i, f, g, o = z.chunk(4, dim=1)
        i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
        c = f * c + i * g
        h = o * torch.tanh(c)
        steps.append((i, f, g, o, c, h))
    return [torch.stack(each) for each in zip(*steps, strict=True)]


def medians(contestants: dict[str, Callable[[], object]], seconds: float) -> dict[str, float]:
    """Milliseconds of each, run in turns for so many seconds, and at least five times."""
    for run in contestants.values():  # compile, and warm up
        run()
    times: dict[str, list[float]] = {name: [] for name in contestants}
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(next(iter(times.values()))) < 5:
        order = list(contestants.items())
        random.shuffle(order)  # each finds the caches as any other left them
        for name, run in order:
            start = time.perf_counter()
            run()
            times[name].append((time.perf_counter() - start) * 1e3)
    return {name: statistics.median(each) for name, each in times.items()}


def row(size: tuple[int, int, int, int], seconds: float) -> dict[str, float]:
    """The medians of one size."""
    T, N, D, H = size
    torch.manual_seed(0)
    net, x = torch.nn.LSTM(D, H), torch.randn(T, N, D)
    weights = [p.detach().numpy().copy() for p in net.parameters()]
    cell = tracer.LSTMCell(weights[0], weights[1], weights[2] + weights[3])
    rows: Any = x.numpy().copy()
    with torch.inference_mode():
        np.testing.assert_allclose(tracer.unroll(cell, rows)["h"], net(x)[0], atol=1e-5)
        return medians(
            {
                "nn.LSTM": lambda: net(x),
                "LSTMCell loop": lambda: loop(net, x),
                "gates": lambda: tracer.unroll(cell, rows, level="gates"),
                "all": lambda: tracer.unroll(cell, rows, level="all"),
            },
            seconds,
        )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--seconds", type=float, default=1.5, help="for each row")
    options = parser.parse_args()
    print(
        f"Python {platform.python_version()}, NumPy {np.__version__}, Numba {numba.__version__}, "
        f"PyTorch {torch.__version__}; float32, medians in ms"
    )
    for threads in options.threads:
        torch.set_num_threads(threads)
        numba.config.NUMBA_NUM_THREADS = threads
        print(f"\n{threads} thread(s)")
        names = ("nn.LSTM", "LSTMCell loop", "gates", "all")
        print(f"{'T, N, D, H':>20}", *(f"{name:>14}" for name in names), sep="")
        ratios = []
        for size in SIZES:
            ms = row(size, options.seconds)
            ratios.append([ms["nn.LSTM"] / ms["gates"], ms["LSTMCell loop"] / ms["gates"],
                           ms["nn.LSTM"] / ms["all"]])  # fmt: skip
            fast, same, full = ratios[-1]
            print(f"{', '.join(map(str, size)):>20}", *(f"{ms[name]:14.3f}" for name in names),
                  f"   gates: {fast:.2f} × nn.LSTM, {same:.1f} × loop; all: {full:.2f} ×",
                  sep="")  # fmt: skip
        fast, same, full = (statistics.geometric_mean(each) for each in zip(*ratios, strict=True))
        print(f"{'geometric mean':>76}   gates: {fast:.2f} × nn.LSTM, {same:.1f} × loop; "
              f"all: {full:.2f} ×")  # fmt: skip


if __name__ == "__main__":
    main()
