"""What the header of a trace file says about the numbers, held against what it may say.

A header is text that anybody could have written. Whatever does not fit raises a ValueError, or
one of the other errors that `tracer.storage.arrayfile.damage` turns into a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from tracer.equations.tasks import TASKS
from tracer.trace.part import UnitIndex
from tracer.trace.trace import Trace


def pack_about(trace: Trace) -> dict[str, Any]:
    """What a trace is about, as JSON can hold it."""
    return {
        "first_step": trace.first_step,
        "averaged_over": trace.averaged_over,
        "dropped": sorted(trace.dropped),
        "units": None if isinstance(trace.units, slice) else trace.units,
        "tokens": trace.tokens,
        "given": list(trace.given),
        "unknown": [sorted(steps) for steps in trace.unknown],
        "labels": trace.labels,
        "task": trace.task,
        "model": trace.model_name,
        "versions": trace.versions,
    }


def unpack_about(
    header: Mapping[str, Any], lengths: npt.NDArray[np.int64], T: int, H: int, K: int
) -> dict[str, Any]:
    """The arguments of `Trace` that `pack_about` described."""
    N, averaged_over = len(lengths), header.get("averaged_over")
    dropped = frozenset(header["dropped"])
    one = {"step": T, "batch": N, "unit": 1}
    require("dropped", all(one[dim] == 1 for dim in dropped))
    require("task", header["task"] is None or header["task"] in TASKS)
    require("model", header["model"] is None or isinstance(header["model"], str))
    labels, tokens = header["labels"], header["tokens"]
    if labels is not None:
        labels = strings(labels)
        require("labels", len(labels) == K)
    if tokens is not None:
        tokens = tuple(strings(words) for words in tokens)
        for words, length in zip(tokens, lengths.tolist(), strict=True):
            require("tokens", length <= len(words) <= T)
    unknown = tuple(
        frozenset(whole_number(t, 0, T - 1) for t in steps) for steps in header["unknown"]
    )
    require("unknown", len(unknown) in {0, N})
    given = tuple(whole_number(count, 0, T) for count in header.get("given", []))
    require("given", len(given) in {0, N})
    versions = header["versions"]
    return {
        "first_step": whole_number(header["first_step"], 0),
        "averaged_over": None if averaged_over is None else whole_number(averaged_over, N),
        "dropped": dropped,
        "units": _units(header["units"], H, dropped="unit" in dropped),
        "tokens": tokens,
        "given": given,
        "unknown": unknown,
        "labels": labels,
        "task": header["task"],
        "model_name": header["model"],
        "_versions": dict(
            zip(strings(list(versions)), strings(list(versions.values())), strict=True)
        ),
    }


def _units(given: Any, H: int, *, dropped: bool) -> UnitIndex:
    """One unit where the axis was dropped, a list of units, or all of them."""
    if dropped:
        return whole_number(given, 0, H - 1)
    if given is None:
        return slice(None)
    require("units", isinstance(given, list) and len(given) > 0)
    return [whole_number(unit, 0, H - 1) for unit in given]


def whole_number(value: Any, least: int, most: int | None = None) -> int:
    """An int, and not True or False, in that range."""
    require("a number", type(value) is int and least <= value and (most is None or value <= most))
    return int(value)


def strings(value: Any) -> tuple[str, ...]:
    """A list of str."""
    require("words", isinstance(value, list) and all(isinstance(word, str) for word in value))
    return tuple(value)


def require(what: str, fits: object) -> None:
    """A ValueError that names `what` does not fit."""
    if not fits:
        raise ValueError(what)
