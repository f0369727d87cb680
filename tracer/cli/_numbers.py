"""What --steps, --unit and --what ask for, as JSON or CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tracer.cli._output import written
from tracer.errors import InputError
from tracer.language import _

if TYPE_CHECKING:
    from tracer.cli._source import Runs
    from tracer.trace.trace import Trace
    from tracer.view.parts.wish import Wish


WINDOW = 5_000
"""Steps that are written at a time."""


def steps_named(steps: str | None, runs: Runs, numbers: Sequence[int]) -> tuple[int, int] | None:
    """``4`` is 4 to 4, ``2:5`` is 2 to 5; ``:5`` starts at the first step, ``2:`` has no end."""
    if steps is None:
        return None
    first, colon, last = (part.strip() for part in steps.partition(":"))
    got = steps[:40]
    if not all(_is_step(part) for part in ((first or "1", last or "1") if colon else (first,))):
        raise InputError(
            _("--steps {got}: expected one step like 4, or a range like 2:5").format(got=got)
        )
    begin, end = _first_and_last(runs, numbers)
    ends = (first or str(begin), (last or str(max(end, begin))) if colon else first)
    chosen = int(ends[0]), int(ends[1])
    if chosen[0] > end or chosen[1] < begin:
        raise InputError(
            _("--steps {got} is out of range: this sentence has steps {begin} to {end}").format(
                got=got, begin=begin, end=end
            )
        )
    if chosen[0] > chosen[1]:
        raise InputError(
            _("--steps {got} ends before it begins; did you mean --steps {last}:{first}?").format(
                got=got, first=chosen[0], last=chosen[1]
            )
        )
    return chosen


def _first_and_last(runs: Runs, numbers: Sequence[int]) -> tuple[int, int]:
    """The first step and the last one of the longest sentence, as screens number them."""
    traces = (runs.alone(number) for number in numbers)
    spans = [(trace.first_step + 1, trace.first_step + trace.T) for trace in traces]
    return min(first for first, _last in spans), max(last for _first, last in spans)


def _is_step(text: str) -> bool:
    """No sentence has a step of more than 18 digits, and Python would not read one of 5000."""
    return text.isascii() and text.isdecimal() and len(text) <= 18


def has_steps(trace: Trace, wish: Wish) -> bool:
    """Whether any of the steps asked for is one of this sentence's."""
    if wish.steps is None:
        return True
    return wish.steps[0] <= trace.first_step + trace.T and trace.first_step < wish.steps[1]


def shown(trace: Trace, wish: Wish) -> Trace:
    """What a screen shows of a run: all of it, but of a very long one only the steps asked for.

    Raises
    ------
    InputError
        If those are still too many.
    """
    from tracer.view.parts.wish import LONG

    if trace.T <= LONG:
        return trace
    part = _cut(trace, wish)
    if part.T > LONG:
        raise InputError(
            _(
                "this run has {count:,} steps, and a screen shows at most {most:,}; choose some "
                "with --steps, such as --steps {first}:{last}"
            ).format(
                count=trace.T, most=LONG, first=trace.first_step + 1, last=trace.first_step + 10
            )
        )
    return part


def write_numbers(
    runs: Runs, numbers: Sequence[int], wish: Wish, layout: str, output: str | None
) -> None:
    """JSON or CSV, only of the steps, the unit and the rows asked for."""
    from tracer.view.export.to_csv import write_csv
    from tracer.view.export.to_json import check_room, to_json
    from tracer.view.parts.wish import chosen_unit
    from tracer.view.say.sentence import Sentence

    first = runs.alone(numbers[0])
    unit, names = chosen_unit(Sentence(first), wish), _names(first, wish, layout)
    if layout == "csv":
        alone = ((number + 1, runs.alone(number)) for number in numbers)
        parts = (
            (number, window)
            for number, one in alone
            if has_steps(one, wish)
            for window in _windows(_cut(one, wish))
        )
        with written(output) as stream:
            write_csv(parts, stream, names=names, unit=unit)
        return
    if len(numbers) > 1:
        check_room(first, len(numbers), max(runs.alone(n).T for n in numbers), names)
    trace = _cut(first if len(numbers) == 1 else runs.together(), wish)
    if names is not None:  # sums over all steps are not there where only some are
        names = [name for name in names if name in trace]
    check_room(trace, trace.N, trace.T, names)
    text = to_json(trace if unit is None else trace.sel(unit=[unit]), names)
    with written(output) as stream:
        stream.write(text + "\n")


def _names(trace: Trace, wish: Wish, layout: str) -> list[str] | None:
    """The quantities that --what asks for; None for all."""
    from tracer.equations import OUTPUT, Kind
    from tracer.view.parts.wish import check_gradients, chosen_quantities
    from tracer.view.say.sentence import Sentence

    sentence = Sentence(trace)
    if wish.what == "backward":
        check_gradients(sentence)
        if layout == "csv" or wish.unit is not None:
            return [quantity.name for quantity in sentence.gradient_rows()]
        return [name for name in trace.names if trace.quantity(name).kind == Kind.GRADIENT]
    if wish.what is None:
        return None
    outputs = [quantity.name for quantity in OUTPUT if sentence.has(quantity.name)]
    return [q.name for q in chosen_quantities(sentence, wish.what)] or outputs


def _windows(trace: Trace) -> Iterator[Trace]:
    """A long run in parts, so that only one has to be in memory at a time."""
    from tracer.trace.part import at_once

    for start in range(0, trace.T, WINDOW):
        yield at_once(trace, start, min(start + WINDOW, trace.T))


def _cut(trace: Trace, wish: Wish) -> Trace:
    """Only the steps asked for."""
    if wish.steps is None:
        return trace
    first, last = (step - trace.first_step for step in wish.steps)
    return trace.sel(step=slice(max(first - 1, 0), last))
