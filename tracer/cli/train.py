"""``tracer train``: from labelled sentences to a network that ``tracer show`` can look into."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracer.cli._compiling import compiling
from tracer.cli._resuming import as_begun, begin_anew, check_unfinished, is_finished, typed_order
from tracer.cli._sections import SectionedCommand
from tracer.errors import InputError, UnknownNameError
from tracer.language import _, quoted
from tracer.storage.endings import RUN, SUFFIX

if TYPE_CHECKING:
    from tracer.data.load import Data
    from tracer.data.source import Source
    from tracer.training.loop import Training
    from tracer.training.recipe import Recipe
    from tracer.training.run import Safe
    from tracer.view.parts.said import Said

INTERRUPTED = 130


class _Train(SectionedCommand):
    """Its options are made when somebody looks at them: their lists take a tenth of a start."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """All options."""
        if not self.params:
            from tracer.cli._training_options import options

            self.params = options()
        return super().get_params(ctx)


@click.command(
    cls=_Train,
    help=_(
        """Train a network and save it to a file that tracer show can open.

        Every few seconds the run is saved beside it, in FILE.checkpoint. Ctrl-C stops after the
        current batch; --resume continues from there and ends with the same weights. A finished run
        can be trained longer: --resume with more --epochs.

        \b
        Examples:
          tracer train --task classify --cell lstm
          tracer train --task tag --cell rnn --units 8 --watch-sentence "water is hot"
          tracer show "you are not bad at all" --model lstm-classify.safetensors
        """
    ),
)
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Train, keep the run safe, and save the network."""
    save = Path(options["save"] or f"{options['cell']}-{options['task']}{SUFFIX}")
    if save.suffix != SUFFIX:
        raise InputError(
            _("--save {file}: a model file ends in {suffix}").format(file=save, suffix=SUFFIX)
        )
    from tracer.cli._without_effect import check_effect
    from tracer.storage.locking import locked

    if not options["resume"]:  # the command that began the run was looked at then
        check_effect(ctx)

    with locked(save, str(save), wait=1):  # nobody else writes its files meanwhile
        try:
            run = _made_ready(ctx, options, save)
        except KeyboardInterrupt:
            click.echo(_("stopped before the first batch; no file was written"), err=True)
            sys.exit(INTERRUPTED)
        _learn(*run)


def _made_ready(
    ctx: click.Context, options: dict[str, Any], save: Path
) -> tuple[Training, Safe, tuple[str, ...], list[str | Said]]:
    """A run that begins, or the one that is there and goes on: what `_learn` needs of it."""
    run = save.with_suffix(RUN)
    order = typed_order(ctx)
    from tracer.training import checkpoint

    goes_on = False  # and replaces its own network with a better one
    if options["resume"]:
        if not run.exists():
            raise InputError(_("there is no run to resume: {file} does not exist").format(file=run))
        with begin_anew(run):
            options, order = as_begun(ctx, run)
            goes_on = checkpoint.has_left(run)
    elif run.exists() and not is_finished(run):
        raise InputError(
            _(
                "{file} holds an unfinished run. Continue it: {order} --resume, or delete the "
                "file to start over."
            ).format(file=run, order=quoted(*order))
        )
    if save.exists() and not options["overwrite"] and not goes_on:
        raise InputError(
            _(
                "{file} already exists. Choose another name with --save, or replace it with "
                "--overwrite."
            ).format(file=save)
        )
    from tracer.training.run import Safe, check_watched

    training, data = _training(options)
    check_watched(training, options["watch_sentence"])
    remarks: list[str | Said] = [*data.report]
    if options["resume"]:
        from tracer.view.parts.training import continued

        with begin_anew(run):
            remarks += checkpoint.restore(training, run)
        check_unfinished(training, run)
        remarks.append(continued(training, run))
    safe = Safe(
        save, run, order, goes_on, options["checkpoint_every"], {"sentences": data.report[0]}
    )
    return training, safe, options["watch_sentence"], remarks


def _settings(options: dict[str, Any]) -> tuple[Recipe, Source]:
    """The records that the options fill; a value that makes no sense is named by its option."""
    from tracer.cli._training_options import option_of
    from tracer.data.checks import SettingError
    from tracer.data.source import Source
    from tracer.training.optimisers import Optimiser
    from tracer.training.recipe import Recipe

    def those(record: Any) -> dict[str, Any]:
        return {name: options[name] for name in record.__dataclass_fields__ if name in options}

    try:
        optimiser = Optimiser(options["optimiser"], **those(Optimiser))
        return Recipe(**{**those(Recipe), "optimiser": optimiser}), Source(**those(Source))
    except SettingError as error:
        raise InputError(
            _("{option} {value}: expected {wanted}").format(
                option=option_of(error.name), value=error.value, wanted=error.wanted
            )
        ) from error
    except UnknownNameError as error:  # all the others have their choices in the help
        raise InputError(
            _("{option}: {error}").format(option=option_of("activation"), error=error)
        ) from error


def _training(options: dict[str, Any]) -> tuple[Training, Data]:
    from tracer.data.load import load
    from tracer.training.loop import Training

    recipe, source = _settings(options)
    data = load(source, recipe.task, recipe.held_out, recipe.seed)
    return Training(recipe, data.learn, data.held_out, data.vocabulary, data.labels), data


def _learn(
    training: Training, safe: Safe, watched: tuple[str, ...], remarks: list[str | Said]
) -> None:
    from tracer.equations import CELLS
    from tracer.kernels.learning.batch import needs_compiling
    from tracer.training.run import learn
    from tracer.view.terminal.console import abilities
    from tracer.view.terminal.training import Watch

    watch = Watch(training, abilities(), watched)
    for line in remarks:
        watch.say(line)
    watch.yardstick()
    recipe = training.recipe
    if needs_compiling(recipe.cell, recipe.dtype):
        watch.say(compiling([CELLS[recipe.cell].title], _("training"), recipe.dtype))
    try:
        with watch:
            best = learn(training, safe, watch.batch, _heard)
    except KeyboardInterrupt:  # the second one, which does not wait for the batch
        best = None
    if best is None:
        watch.stopped(safe.run, quoted(*safe.order))
        sys.exit(INTERRUPTED)
    watch.result(best, safe.model, safe.run)


def _heard() -> None:
    """Say that Ctrl-C was heard; past Python's own buffers, which may be in use right now."""
    said = _("stopping after this batch; Ctrl-C again stops at once")
    with suppress(OSError):  # the terminal may be gone
        os.write(2, f"\n{said}\n".encode())
