"""What a function reads that it is not given, so that an earlier one has to keep it."""

from __future__ import annotations

from collections.abc import Collection

from tracer.corpus.needed import rewritten, slopes
from tracer.corpus.style import Style
from tracer.exercises.exercise import Function
from tracer.program import Program


def names_of(function: Function) -> list[str]:
    """The quantities that a function is given."""
    return [
        name for layout in function.taken.values() if layout is not None for name in layout.names
    ]


def lacking(
    program: Program, function: Function, style: Style, earlier: Collection[str]
) -> list[str]:
    """What a function reads that it is not given: an earlier one has to keep it."""
    there = set(names_of(function))
    own = slopes(program, of_own_values=style.own_slopes, known=set(program.lines))
    found: dict[str, None] = {}
    done: set[str] = set()
    into = {carry.into: carry for carry in program.carries.values()}

    def read(name: str) -> None:
        whole = program.blocks.get(name, (name, 0))[0]
        if name in there or whole in there or name in done:
            return
        done.add(name)
        line = program.lines.get(name)
        if line is not None and line.backward:
            for other in rewritten(line, own).reads:
                read(other)
            carry = into.get(name)
            if carry is not None:
                for other in (carry.of, carry.first, carry.then):
                    read(other)
            return
        found[whole if whole in earlier else name] = None
        if name in program.seen_backward:
            for other in program.seen_backward[name].reads:
                read(other)
        word = program.past.get(name)
        if word is not None:
            if word in program.names:
                read(word)
            if name in into:
                read(into[name].of)
                read(into[name].initial)

    for layout in function.returns.values():
        for name in layout.names if layout is not None else ():
            for other in program.returned[name].reads if name in program.returned else (name,):
                read(name if other == "it" else other)
    if function.over == "sequence" and "lengths" in earlier and "lengths" not in there:
        found["lengths"] = None
    return [n for n in found if n in program.names]
