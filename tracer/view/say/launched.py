"""What is missing where a kernel was to be launched: a launch, or a thread for each number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracer.exercises.exercise import Function
from tracer.language import _, plural
from tracer.view.say.words import clean


def not_launched(asked: Function, facts: Mapping[str, Any]) -> list[str]:
    """What was launched in its place, and what to do."""
    names = ", ".join((*asked.taken, *asked.returns))
    call = f"kernel[blocks, threads]({names})"
    count, wanted, name = facts["length"] or 0, facts["wanted"], clean(facts["name"])
    match facts["got"]:
        case "none":
            return [
                _("No kernel was launched: {function} computed its numbers without one.").format(
                    function=asked.name
                ),
                _("Write the kernel with @cuda.jit above it, and launch it: {call}").format(
                    call=call
                ),
            ]
        case "several":
            return [
                _("There were {n} launches; expected 1.").format(n=count),
                _("Launch enough threads for all numbers at once: {call}").format(call=call),
            ]
        case "one":
            return [
                _("One thread wrote {n} numbers of {name}; expected 1.").format(n=count, name=name),
                _("Each number is to be computed by a thread of its own: cuda.grid says which."),
            ]
        case "read":
            return [
                _("A thread reads a number of {name} that it has not written.").format(name=name),
                _(
                    "tracer has launched your kernel itself, with {name} full of NaN. Add up in a "
                    "variable of the thread, and write it into {name} once."
                ).format(name=name),
            ]
        case "threads":
            return [
                plural(
                    "{n} thread wrote into {name}; expected {wanted}, one for each number.",
                    "{n} threads wrote into {name}; expected {wanted}, one for each number.",
                    count,
                ).format(n=count, name=name, wanted=wanted),
                _(
                    "tracer has launched your kernel itself, with other numbers: only what its "
                    "threads write counts."
                ),
            ]
    return [
        _("The kernel was launched with other arguments than expected."),
        _("Expected: {call}; tracer launches it as well, with other numbers.").format(call=call),
    ]
