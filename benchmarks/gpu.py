"""How fast the device cuda records a trace, against cuDNN through PyTorch on the same card.

`make bench-gpu` installs what it needs::

    make bench-gpu ARGS="--seconds 2 --json gpu.json"

All contestants of a row run in turns in one process; each call is timed until the card is done.
Printed are the medians in microseconds a step and, as ``×``, how many times longer cuDNN takes.

exact, TF32
    nn.LSTM (cuDNN), which returns h of every step and keeps no gate: with its products in float32,
    and with those of TF32, whose numbers have ten bits of fraction.
states, gates, all
    `tracer.unroll` at these levels, in float32. x, weights and all results lie on the card.
backward
    Forward and backward: PyTorch's autograd; `tracer.unroll` at level all and `tracer.backprop`.
product
    Share of the card's own rate for one product of the same size (T·N rows, in float32).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

import tracer
from benchmarks.turns import medians
from tracer.kernels.cuda.choice import tile_shape
from tracer.kernels.cuda.package import card, trouble

SIZES = (
    (100, 1, 8, 8), (100, 1, 64, 64), (100, 64, 64, 64), (100, 512, 64, 64), (100, 1, 128, 128),
    (100, 64, 128, 128), (100, 1, 256, 256), (100, 64, 256, 256), (50, 64, 512, 512),
    (50, 128, 1024, 1024),
)  # fmt: skip
"""T, N, D, H."""


@contextmanager
def products_in(*, tf32: bool) -> Iterator[None]:
    """Have cuDNN multiply in TF32, or not."""
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = tf32
    try:
        yield
    finally:
        torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = False


def until_done(run: Callable[[], object]) -> Callable[[], None]:
    """The same call, which ends when the card is done."""

    def turn() -> None:
        run()
        torch.cuda.synchronize()

    return turn


def contestants_of(size: tuple[int, int, int, int]) -> dict[str, Callable[[], object]]:
    """What is measured of one size, by name."""
    T, N, D, H = size
    torch.manual_seed(0)
    net, x = torch.nn.LSTM(D, H).cuda(), torch.randn(T, N, D, device="cuda")
    learned = x.clone().requires_grad_()
    weights: list[Any] = [p.detach().cpu().numpy() for p in net.parameters()]
    cell = tracer.LSTMCell(weights[0], weights[1], weights[2] + weights[3])
    d_h = torch.ones(T, N, H, device="cuda")
    left, right = torch.randn(T * N, H, device="cuda"), torch.randn(H, 4 * H, device="cuda")

    def forward(*, tf32: bool) -> object:
        with products_in(tf32=tf32), torch.no_grad():
            return net(x)[0]

    def autograd() -> None:
        net.zero_grad()
        learned.grad = None
        net(learned)[0].backward(d_h)

    def traced() -> object:
        return tracer.backprop(tracer.unroll(cell, x, device="cuda"), d_h, device="cuda")

    levels = {
        level: lambda level=level: tracer.unroll(cell, x, device="cuda", level=level)
        for level in ("states", "gates", "all")
    }
    return {
        "exact": lambda: forward(tf32=False),
        "TF32": lambda: forward(tf32=True),
        **levels,
        "cuDNN backward": autograd,
        "backward": traced,
        "product": lambda: left @ right,
    }


def check(size: tuple[int, int, int, int]) -> None:
    """Fail unless both compute the same h, as far as float32 goes."""
    T, N, D, H = size
    net, x = torch.nn.LSTM(D, H).cuda(), torch.randn(T, N, D, device="cuda")
    weights: list[Any] = [p.detach().cpu().numpy() for p in net.parameters()]
    cell = tracer.LSTMCell(weights[0], weights[1], weights[2] + weights[3])
    mine = torch.as_tensor(tracer.unroll(cell, x, device="cuda").on_card("h"), device="cuda")
    with products_in(tf32=False), torch.no_grad():
        assert torch.allclose(net(x)[0], mine, atol=1e-4), f"other numbers at {size}"


def main() -> None:
    """Print a line for each size, and write all of it as JSON."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--seconds", type=float, default=2.0, help="for each size")
    options.add_argument("--json", type=Path, default=Path("gpu.json"), metavar="FILE")
    chosen = options.parse_args()
    if trouble():
        sys.exit(f"no card for this: {trouble()}")
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = False
    versions = {
        "card": card().name, "torch": torch.__version__, "CUDA of torch": torch.version.cuda,
        "cuDNN": torch.backends.cudnn.version(), "numba-cuda": version("numba-cuda"),
        "tracer": tracer.__version__,
    }  # fmt: skip
    print(", ".join(f"{name} {value}" for name, value in versions.items()))
    print("µs a step; × is cuDNN exact ÷ ours, and for backward autograd ÷ ours")
    names = ("exact", "TF32", "states", "gates", "all", "cuDNN backward", "backward")
    print("T,N,D,H".ljust(18), "kernel", *(name.rjust(16) for name in names), "of product")
    rows = []
    for size in SIZES:
        T, N, _, H = size
        check(size)
        runs = {name: until_done(run) for name, run in contestants_of(size).items()}
        found = {name: ms * 1e3 for name, ms in medians(runs, chosen.seconds).items()}
        kernel = "tile" if tile_shape(card(), 4, N, H, 4) else "grid"
        rows.append({"size": size, "kernel": kernel, "µs": found})
        cells = [f"{found[name] / T:.2f}" for name in names]
        for at, name in enumerate(names):
            rival = {"backward": "cuDNN backward"}.get(name, "exact")
            if name in ("states", "gates", "all", "backward"):
                cells[at] += f" {found[rival] / found[name]:5.2f}×"
        share = f"{found['product'] / found['gates']:.0%}"
        print(str(size).ljust(18), kernel.ljust(6), *(cell.rjust(16) for cell in cells), share)
    chosen.json.write_text(
        json.dumps({"versions": versions, "rows": rows}, indent=2, ensure_ascii=False), "utf-8"
    )


if __name__ == "__main__":
    main()
