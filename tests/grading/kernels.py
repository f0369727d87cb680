"""Answers to exercise 51 as students write them: `tests/cuda` runs them on a card as well."""

from __future__ import annotations

from pathlib import Path

SOLUTIONS = Path(__file__).parents[2] / "solutions" / "51_lstm_step_on_cuda"
MISTAKES = tuple(sorted((SOLUTIONS / "mistakes").glob("*.py")))
RIGHT = (SOLUTIONS / "lstm_step_on_cuda.py").read_text("utf-8")
NOBODY_WAITS = (SOLUTIONS / "mistakes" / "nobody_waits.py").read_text("utf-8")

LAUNCH = "    kernel[blocks, THREADS](x, h_prev, c_prev, U, W, a, h, c)\n    return h, c\n"
ON_THE_CARD = """
    there = [cuda.to_device(array) for array in (x, h_prev, c_prev, U, W, a, h, c)]
    kernel.forall(N * H)(*there)
    return there[-2].copy_to_host(), there[-1].copy_to_host()
"""


def changed(source: str, *changes: tuple[str, str]) -> str:
    """The same answer with other words in places that are there."""
    for old, new in changes:
        assert old in source, old
        source = source.replace(old, new)
    return source


RIGHT_TOO = {
    "counted through": changed(
        RIGHT, (LAUNCH, ON_THE_CARD), ("cuda.grid(2)", "divmod(cuda.grid(1), h.shape[1])"),
        ("+= U[j, d]", "+= U.reshape(U.size)[j * U.shape[1] + d]"),
        ("return (1 + math.tanh(z / 2)) / 2", "return 1 / (1 + math.exp(-z))"),
    ),
    "many threads": changed(RIGHT, ("(4, 8)", "(16, 16)")),
    "shared": changed(
        NOBODY_WAITS.partition("\n")[2],
        ("# cuda.syncthreads() is missing", "cuda.syncthreads() # all are there"),
    ),
}  # fmt: skip
"""Threads and numbers counted through, arrays that lie on the card or that a block shares."""
