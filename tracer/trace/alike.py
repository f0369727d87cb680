"""Whether two traces can be laid side by side, number by number; else why not, and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from tracer.errors import InputError
from tracer.trace.trace import Trace

_SAME_WORDS = "use sentences with as many words, or the part of both that trace.sel cuts out"
_ADVICE: Mapping[str, str] = {
    "kind of cell": "look at each with tracer show, or at both with tracer gradients",
    "number of steps T": _SAME_WORDS,
    "batch size N": "compare sentence by sentence: trace.sel(batch=slice(n, n + 1))",
    "input size D": "use networks of the same size",
    "hidden size H": "use networks of the same size",
    "lengths": _SAME_WORDS,
    "window of the gradients": "run both backward with the same window",
}
"""What to do where two traces cannot be laid side by side."""


def check_alike(got: Trace, expected: Trace) -> None:
    """Raise an `InputError` that says in what two traces differ so that nothing can be compared."""

    def sizes(trace: Trace) -> dict[str, object]:
        return {
            "kind of cell": [layer.cell.equations.name for layer in trace.layers],
            "number of steps T": trace.T,
            "batch size N": trace.N,
            "input size D": trace.D,
            "hidden size H": [layer.cell.W.shape[1] for layer in trace.layers],
            "lengths": trace.lengths.tolist(),
            "window of the gradients": trace.last.window,
        }

    for (what, mine), theirs in zip(sizes(got).items(), sizes(expected).values(), strict=True):
        if mine != theirs:
            raise InputError(
                f"the traces differ in {what}: {_plain(mine)} and {_plain(theirs)}. Only runs of "
                "the same kind of cell with the same sizes can be compared, number by number; "
                + _ADVICE[what]
            )
    if got.head and expected.head and got.K != expected.K:
        raise InputError(f"the traces differ in number of classes K: {got.K} and {expected.K}")


def _plain(size: object) -> str:
    """What an error says: a list of one layer is that layer."""
    return str(size[0]) if isinstance(size, list) and len(size) == 1 else str(size)
