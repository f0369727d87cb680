"""``tracer show``: a sentence goes through a network, and every number of every step is seen."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from tracer.cli._options import check_theme
from tracer.cli._source import SUFFIX, Source, trace_of
from tracer.equations import CELLS, LEVELS
from tracer.errors import InputError
from tracer.language import _

if TYPE_CHECKING:
    from tracer.trace.trace import Trace
    from tracer.view.parts.wish import Wish
    from tracer.view.terminal.console import Theme


@click.command(
    help=_(
        """Send SENTENCE through a network and show every gate and state, word by word.

        SENTENCE may also be a trace saved before (FILE.safetensors), or - for sentences read from
        standard input, one a line.

        \b
        Examples:
          tracer show "you are a really bad man"
          tracer show "you are not bad at all" --unit 3 --steps 3:5
          tracer show "you are a really bad man" --what backward --target praise
          tracer show "water is hot" --cell rnn --task tag --format csv
        """
    )
)
@click.argument("sentence", nargs=-1, required=True)
@click.option("--model", help=_("A shipped model by name, or a model file [lstm-classify]."))
@click.option("--cell", type=click.Choice(list(CELLS)), help=_("The shipped model of this cell."))
@click.option(
    "--task",
    type=click.Choice(["tag", "classify", "generate"]),
    help=_("The shipped model for this task."),
)
@click.option("--level", type=click.Choice(LEVELS), help=_("How much --save keeps [all]."))
@click.option("--steps", help=_("Only these steps: 4, or 2:5 for t = 2 to t = 5."))
@click.option("--unit", type=click.IntRange(min=0), help=_("The arithmetic of this unit (from 0)."))
@click.option(
    "--what",
    type=click.Choice(["gates", "states", "output", "backward"]),
    help=_("Only these rows; backward: every gradient, from the last word to the first."),
)
@click.option(
    "--target",
    help=_("The right label (tag: one a word), for --what output or backward [its own answer]."),
)
@click.option("--sentence", "number", type=click.IntRange(min=1), help=_("Only this one of many."))
@click.option("--device", help=_("What computes: cpu, or reference for the textbook loop [cpu]."))
@click.option(
    "--format",
    "layout",
    type=click.Choice(["rich", "plain", "json", "csv", "svg"]),
    default="rich",
    show_default=True,
    help=_("For people: rich, plain, svg. For programs: json, csv."),
)
@click.option(
    "--theme", type=click.Choice(["dark", "light"]), help=_("The background to choose colours for.")
)
@click.option("--save", help=_("Keep the trace in FILE.safetensors as well."), metavar="FILE")
def command(
    sentence: tuple[str, ...],
    model: str | None,
    cell: str | None,
    task: str | None,
    level: str | None,
    steps: str | None,
    unit: int | None,
    what: str | None,
    target: str | None,
    number: int | None,
    device: str | None,
    layout: str,
    theme: Theme | None,
    save: str | None,
) -> None:
    """Make or open the trace, and show it."""
    from tracer.trace.file import save_trace
    from tracer.view.parts.wish import Wish

    check_theme(theme, layout)
    backward = what == "backward"
    source = Source(" ".join(sentence), model, cell, task, device, level, target, backward)
    _check_unit(unit, what, layout)
    if not source.is_file:  # of a finished trace trace_of says that nothing can change it
        _check_effect(source, what, layout, save)
    if save is not None and not save.endswith(SUFFIX):
        raise InputError(
            _("--save {file}: a trace file ends in {suffix}, so that tracer show knows it").format(
                file=save, suffix=SUFFIX
            )
        )
    trace = trace_of(source)
    if save is not None:
        save_trace(trace, save)
    if number is not None:
        trace = _only(trace, number)
    wish = Wish(_range(steps, trace), unit, what)
    if layout in ("json", "csv"):
        _write_numbers(trace, wish, layout)
    else:
        _draw(trace, wish, layout, theme, source)
    if save is not None:
        from tracer.view.say.words import clean

        said = _("saved; see it again with: tracer show {file}")
        click.echo(said.format(file=clean(save)), err=True)


def _check_unit(unit: int | None, what: str | None, layout: str) -> None:
    """Raise an `InputError` where --unit and --what cannot both have an effect."""
    if unit is not None and what == "output":
        raise InputError(
            _(
                "--what output has a row for each class, not for each unit; leave out --unit {unit}"
            ).format(unit=unit)
        )
    if unit is not None and what in ("gates", "states") and layout not in ("json", "csv"):
        raise InputError(
            _(
                "--unit {unit} shows all the arithmetic of one unit, not rows of cells; leave out "
                "--what {what}, or --unit"
            ).format(unit=unit, what=what)
        )


def _check_effect(source: Source, what: str | None, layout: str, save: str | None) -> None:
    """Raise an `InputError` for what changes only a file, where none is saved."""
    if save is not None:
        return
    if source.level is not None:
        raise InputError(
            _(
                "--level {level} says how much a file keeps; add --save FILE. What it leaves out "
                "is computed again, so the screen is the same without it"
            ).format(level=source.level)
        )
    everything = layout in ("json", "csv") and what is None
    if source.target is not None and what not in ("output", "backward") and not everything:
        raise InputError(
            _(
                "--target {target} gives the loss and its gradients, and neither is shown here; "
                "add --what output for the loss, or --what backward for the gradients"
            ).format(target=source.target[:40])
        )


def _only(trace: Trace, number: int) -> Trace:
    if number > trace.N:
        raise InputError(
            _("there is no sentence {number}; this trace has {count}").format(
                number=number, count=trace.N
            )
        )
    return trace.sel(batch=slice(number - 1, number))


def _range(steps: str | None, trace: Trace) -> tuple[int, int] | None:
    """``4`` is 4 to 4, ``2:5`` is 2 to 5; ``:5`` starts at the first step, ``2:`` has no end."""
    if steps is None:
        return None
    first, colon, last = (part.strip() for part in steps.partition(":"))
    begin, end = trace.first_step + 1, trace.first_step + trace.T
    ends = (first or str(begin), (last or str(max(end, begin))) if colon else first)
    got = steps[:40]
    if not all(map(_is_step, ends)):
        raise InputError(
            _("--steps {got}: wanted one step as 4, or a range as 2:5").format(got=got)
        )
    chosen = int(ends[0]), int(ends[1])
    if chosen[0] > end or chosen[1] < begin:
        raise InputError(
            _("--steps {got}: there is no such step; the steps here are {begin} to {end}").format(
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


def _is_step(text: str) -> bool:
    """No sentence has a step of more than 18 digits, and Python would not read one of 5000."""
    return text.isascii() and text.isdecimal() and len(text) <= 18


def _write_numbers(trace: Trace, wish: Wish, layout: str) -> None:
    """JSON or CSV to standard output, only of the steps, the unit and the rows asked for."""
    from tracer.equations import OUTPUT, Kind
    from tracer.view.export.to_csv import write_csv
    from tracer.view.export.to_json import to_json
    from tracer.view.parts.wish import (
        check_gradients,
        chosen_quantities,
        chosen_steps,
        chosen_unit,
    )
    from tracer.view.say.sentence import Sentence

    longest = Sentence(trace, int(trace.lengths.argmax()))
    unit = chosen_unit(longest, wish)
    names: list[str] | None = None
    if wish.what == "backward":
        check_gradients(longest)
        names = [name for name in trace.names if trace.quantity(name).kind == Kind.GRADIENT]
        if layout == "csv" or unit is not None:
            names = [quantity.name for quantity in longest.gradient_rows()]
    elif wish.what is not None:
        outputs = [quantity.name for quantity in OUTPUT if longest.has(quantity.name)]
        names = [q.name for q in chosen_quantities(longest, wish.what)] or outputs
    steps = chosen_steps(longest, wish)
    if steps is not None:
        trace = trace.sel(step=slice(steps[0], steps[-1] + 1))
    if layout == "csv":
        write_csv(trace, sys.stdout, names=names, unit=unit)
    else:
        click.echo(to_json(trace if unit is None else trace.sel(unit=[unit]), names))


def _draw(trace: Trace, wish: Wish, layout: str, theme: Theme | None, source: Source) -> None:
    """The screen, or the same as a picture."""
    from tracer.view.export.to_svg import picture_abilities, to_svg
    from tracer.view.say.words import clean
    from tracer.view.terminal.backward import backward_picture
    from tracer.view.terminal.console import abilities, write
    from tracer.view.terminal.picture import picture, pictures

    draw = backward_picture if wish.what == "backward" else picture
    able = abilities(plain=layout == "plain", theme=theme)
    if layout == "svg":
        able = picture_abilities(able, theme)
        said = clean(source.text)
        said = said if source.is_file else f'"{said[:60]}"'
        if wish.what == "backward":
            said += " --what backward"
        click.echo(to_svg(pictures(trace, wish, able, draw), able, f"tracer show {said}"))
    else:
        write(pictures(trace, wish, able, draw), able)
