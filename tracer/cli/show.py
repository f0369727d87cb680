"""``tracer show``: a sentence goes through a network, and every number of every step is seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from tracer.cli._numbers import has_steps, shown, steps_named, write_numbers
from tracer.cli._options import check_theme, not_empty
from tracer.cli._output import (
    check_output,
    for_file,
    output_option,
    pager_option,
    write_screen,
    written,
)
from tracer.cli._source import MOST_SENTENCES, Runs, Source, runs_of
from tracer.equations import CELLS, LEVELS
from tracer.errors import InputError
from tracer.language import _, quoted_file
from tracer.storage.endings import SUFFIX

if TYPE_CHECKING:
    from tracer.view.terminal.console import Theme


@click.command(
    help=_(
        """Run a network over SENTENCE and show every gate and state, word by word.

        Quote each sentence if there are several. SENTENCE may also be a saved trace
        (FILE.safetensors), or - to read sentences from standard input, one per line.

        \b
        Examples:
          tracer show "you are a really bad man"
          tracer show "you are not bad at all" --unit 3 --steps 3:5
          tracer show "you are a really bad man" --what backward --target praise
          tracer show "water is hot" --cell rnn --task tag --format csv --output water.csv
        """
    )
)
@click.argument("sentence", nargs=-1, required=True)
@click.option(
    "--model",
    callback=not_empty,
    help=_("A shipped model by name, or a model file [lstm-classify]."),
)
@click.option("--cell", type=click.Choice(list(CELLS)), help=_("The shipped model of this cell."))
@click.option(
    "--task",
    type=click.Choice(["tag", "classify", "generate"]),
    help=_("The shipped model for this task."),
)
@click.option("--level", type=click.Choice(LEVELS), help=_("How much --save keeps [all]."))
@click.option(
    "--steps",
    callback=not_empty,
    help=_("Only these steps: 4, or 2:5 for t = 2 to t = 5; : for all of a long sentence."),
)
@click.option("--unit", type=click.IntRange(min=0), help=_("The arithmetic of this unit (from 0)."))
@click.option(
    "--what",
    type=click.Choice(["gates", "states", "output", "backward"]),
    help=_("Only these rows; backward: every gradient, from the last word to the first."),
)
@click.option(
    "--target",
    callback=not_empty,
    help=_("The target label (tag: one per word), for --what output or backward [its own answer]."),
)
@click.option("--words", is_flag=True, help=_("SENTENCE is already split into words by spaces."))
@click.option(
    "--sentence", "number", type=click.IntRange(min=1), help=_("Only this sentence, from 1.")
)
@click.option(
    "--device",
    callback=not_empty,
    help=_(
        "Where to compute: cpu, cuda, or reference, which is the textbook loop "
        "[reference for a picture of up to some hundred words, else cpu]."
    ),
)
@click.option(
    "--format",
    "layout",
    type=click.Choice(["rich", "plain", "json", "csv", "svg"]),
    default="rich",
    show_default=True,
    help=_("For people: rich, plain, svg. For programs: json, csv."),
)
@click.option(
    "--theme",
    type=click.Choice(["dark", "light"]),
    help=_("Colours for a dark or a light background."),
)
@output_option
@pager_option
@click.option(
    "--save", metavar="FILE", callback=not_empty, help=_("Save the trace to FILE.safetensors.")
)
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
    words: bool,
    number: int | None,
    device: str | None,
    layout: str,
    theme: Theme | None,
    output: str | None,
    no_pager: bool,
    save: str | None,
) -> None:
    """Make or open the trace, and show it."""
    from tracer.trace.file import save_trace
    from tracer.view.parts.wish import Wish
    from tracer.view.say.words import clean
    from tracer.view.terminal.console import abilities
    from tracer.view.terminal.picture import other_sentences, picture, pictures

    check_theme(theme, layout)
    check_output(output, layout, no_pager=no_pager)
    backward = what == "backward"
    drawn = layout not in ("json", "csv") and save is None
    source = Source(sentence, model, cell, task, device, level, target, backward, words, drawn)
    _check_unit(unit, what, layout)
    if not source.is_file:  # of a finished trace runs_of says that nothing can change it
        _check_effect(source, what, layout, save)
    _check_names(save, output)
    runs = runs_of(source)
    if save is not None:  # the file holds them as one batch, so that is what is shown
        trace = runs.together()
        runs = Runs.of_trace(trace)
    numbers = _chosen(runs, number, None if layout in ("json", "csv") else MOST_SENTENCES)
    wish = Wish(steps_named(steps, runs, numbers), unit, what)
    if layout in ("json", "csv"):
        write_numbers(runs, numbers, wish, layout, output)
    else:
        able = abilities(plain=layout == "plain", theme=theme)
        able = for_file(able) if output is not None else able
        draw = picture
        if layout == "svg":
            from tracer.view.export.to_svg import picture_abilities, to_svg

            able = picture_abilities(able, theme)
        if backward:
            from tracer.view.terminal.backward import backward_picture as draw
        here = (shown(one, wish) for one in map(runs.alone, numbers) if has_steps(one, wish))
        lines = pictures(here, wish, able, draw)
        if number is None:
            lines += other_sentences(len(numbers), runs.count, able)
        if layout == "svg":
            with written(output) as stream:
                stream.write(to_svg(lines, able, _title(source)) + "\n")
        else:
            write_screen(lines, able, output, no_pager=no_pager)
    if save is not None:  # last, so that a folder that takes no file does not cost the screen
        save_trace(trace, save)
        said = _("saved; to see it again: tracer show {file}")
        click.echo(said.format(file=clean(quoted_file(save))), err=True)


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
                "--level {level} sets how much a file stores; add --save FILE. The screen is "
                "the same without it"
            ).format(level=source.level)
        )
    everything = layout in ("json", "csv") and what is None
    if source.target is not None and what not in ("output", "backward") and not everything:
        raise InputError(
            _(
                "--target {target} is for the loss and its gradients; add --what output or "
                "--what backward to see them"
            ).format(target=source.target[:40])
        )


def _check_names(save: str | None, output: str | None) -> None:
    """Raise an `InputError` where a file would not be what its name says."""
    if save is not None and not save.endswith(SUFFIX):
        raise InputError(
            _("--save {file}: a trace file ends in {suffix}, so that tracer show knows it").format(
                file=save, suffix=SUFFIX
            )
        )
    if output is not None and output.endswith(SUFFIX):
        raise InputError(
            _("--output {file} writes text; to keep the trace itself, use --save {file}").format(
                file=output
            )
        )


def _chosen(runs: Runs, number: int | None, most: int | None) -> Sequence[int]:
    """The numbers (from 0) of the sentences to show: the one asked for, or up to `most`."""
    if number is None:
        return range(runs.count if most is None else min(runs.count, most))
    if number > runs.count:
        raise InputError(
            _("there is no sentence {number}; this trace has {count}").format(
                number=number, count=runs.count
            )
        )
    if runs.count == 1:
        raise InputError(_("--sentence 1 has no effect: there is only one sentence"))
    return [number - 1]


def _title(source: Source) -> str:
    """What stands in the frame of a picture."""
    from tracer.view.say.words import clean

    said = clean(source.text)
    said = said if source.is_file else f'"{said[:60]}"'
    return f"tracer show {said}" + (" --what backward" if source.backward else "")
