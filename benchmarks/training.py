"""Training speed beside PyTorch: the same sentences, batches, sizes, optimiser and first weights.

Run it where both are installed (``make peers`` makes such a place)::

    .venv-peers/bin/python benchmarks/training.py

Each round trains ours for some batches, then PyTorch for the same batches, in turn; the table gives
medians over the rounds. PyTorch runs its quickest way: `nn.LSTM` on padded batches, not packed.
``--memory`` prints how much memory both need.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numba
import numpy as np
import torch
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from tracer.data.load import built_in
from tracer.kernels.learning.batch import Batch
from tracer.training.batches import epoch
from tracer.training.loop import Training
from tracer.training.recipe import Recipe

Batched = tuple[torch.Tensor, torch.Tensor]


class Peer:
    """The same network, optimiser and data in PyTorch."""

    def __init__(self, training: Training, cell: str, dtype: torch.dtype) -> None:
        w = training.weights
        self.E = torch.nn.Embedding(*w["E"].shape).to(dtype)
        make = torch.nn.RNN if cell == "rnn" else torch.nn.LSTM
        self.layer = make(w["E"].shape[1], w["W"].shape[1]).to(dtype)
        self.head = torch.nn.Linear(w["V"].shape[1], w["V"].shape[0]).to(dtype)
        modules = (self.E, self.layer, self.head)
        self.parameters = [p for module in modules for p in module.parameters()]
        self.optimiser = torch.optim.Adam(self.parameters, 0.01)

    def learn(self, batch: Batched) -> None:
        """One update."""
        words, target = batch
        h = self.layer(self.E(words))[0]
        counts = target >= 0
        logits = self.head(h[counts])  # only the steps that count
        loss = torch.nn.functional.cross_entropy(logits, target[counts], reduction="sum")
        self.optimiser.zero_grad()
        (loss / words.shape[1]).backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimiser.step()


def seconds(work: Callable[[], Any]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def tensors_of(batch: Batch) -> Batched:
    """Words and targets as PyTorch takes them, filled up to the longest sentence."""
    running = torch.tensor(batch.running)
    words, target = (
        pad_packed_sequence(PackedSequence(torch.tensor(numbers), running), padding_value=fill)[0]
        for numbers, fill in ((batch.words, 0), (batch.target, -1))
    )
    return words, target


def begin(task: str, cell: str, units: int, size: int, dtype: str) -> Training:
    """Our network, before its first batch."""
    data = built_in(task, ["en"], 0.1, 0)
    recipe = Recipe(
        task=task, cell=cell, units=units, embedding=min(units, 64), batch_size=size, dtype=dtype,
        epochs=10**6, patience=0, word_dropout=0.0,
    )  # fmt: skip
    return Training(recipe, data.learn, data.held_out, data.vocabulary, data.labels)


def compare(
    task: str, cell: str, units: int, size: int, dtype: str, rounds: int, batches: int
) -> tuple[float, float, float]:
    """Sentences a second of ours and of PyTorch's, and the median of the rounds' ratios."""
    training = begin(task, cell, units, size, dtype)
    peer = Peer(training, cell, getattr(torch, dtype))
    running = training.run()
    order = epoch(len(training.learn), size, 0, 0)
    ours, theirs = [], []
    for turn in range(rounds + 1):
        chosen = [
            training.learn.batch(order[(turn * batches + n) % len(order)]) for n in range(batches)
        ]
        tensors = [tensors_of(batch) for batch in chosen]
        ours.append(seconds(lambda: [next(running) for _ in range(batches)]))
        theirs.append(seconds(lambda t=tensors: [peer.learn(b) for b in t]))
    ours, theirs = ours[1:], theirs[1:]  # the first round warms up
    ratio = statistics.median(t / o for o, t in zip(ours, theirs, strict=True))
    count = batches * size
    return count / statistics.median(ours), count / statistics.median(theirs), ratio


def megabytes(whose: str, cell: str, units: int, size: int) -> float:
    """How much memory a network and ten batches take at most, on top of what runs anyway.

    For a process of its own. Linux only: the kernel keeps the peak, and forgets it when asked.
    """
    torch.set_num_threads(1)

    def work(units: int, size: int) -> None:
        training = begin("classify", cell, units, size, "float32")
        if whose == "ours":
            running = training.run()
            for _ in range(10):
                next(running)
            return
        peer = Peer(training, cell, torch.float32)
        for sentences in epoch(len(training.learn), size, 0, 0)[:10]:
            peer.learn(tensors_of(training.learn.batch(sentences)))

    work(2, 4)  # loads whatever is loaded once
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    before = _kilobytes("VmRSS")
    work(units, size)
    return (_kilobytes("VmHWM") - before) / 1000


def _kilobytes(name: str) -> int:
    (line,) = (
        line
        for line in Path("/proc/self/status").read_text("ascii").splitlines()
        if line.startswith(name)
    )
    return int(line.split()[1])


def print_memory() -> None:
    """Print the table of memory."""
    print("| cell | H | batch | ours, MB | PyTorch, MB |\n|---|---|---|---|---|")
    for cell, units, size in (
        ("lstm", 64, 32), ("lstm", 256, 32), ("lstm", 256, 256), ("rnn", 256, 256),
    ):  # fmt: skip
        found = []
        for whose in ("ours", "theirs"):
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                found.append(pool.submit(megabytes, whose, cell, units, size).result())
        print(f"| {cell} | {units} | {size} | {found[0]:.0f} | {found[1]:.0f} |", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--batches", type=int, default=20)
    parser.add_argument("--memory", action="store_true", help="measure memory in place of time")
    arguments = parser.parse_args()
    if arguments.memory:
        print_memory()
        return
    torch.set_num_threads(arguments.threads)
    numba.set_num_threads(min(arguments.threads, numba.config.NUMBA_NUM_THREADS))
    print(
        f"Python {platform.python_version()}, NumPy {np.__version__}, Numba {numba.__version__}, "
        f"PyTorch {torch.__version__}, {arguments.threads} threads for PyTorch\n"
    )
    print("| task | cell | H | batch | dtype | ours, sentences/s | PyTorch, sentences/s | ratio |")
    print("|---|---|---|---|---|---|---|---|")
    for task, cell, units, size, dtype in (
        ("classify", "lstm", 12, 32, "float32"),
        ("classify", "rnn", 12, 32, "float32"),
        ("tag", "lstm", 12, 32, "float32"),
        ("classify", "lstm", 32, 32, "float32"),
        ("classify", "lstm", 64, 32, "float32"),
        ("classify", "rnn", 64, 32, "float32"),
        ("classify", "lstm", 64, 32, "float64"),
        ("classify", "lstm", 128, 32, "float32"),
        ("classify", "lstm", 256, 32, "float32"),
    ):
        ours, theirs, ratio = compare(
            task, cell, units, size, dtype, arguments.rounds, arguments.batches
        )
        print(
            f"| {task} | {cell} | {units} | {size} | {dtype} | {ours:,.0f} | {theirs:,.0f} | "
            f"{ratio:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
