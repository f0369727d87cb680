"""``tracer train --resume``: the command that began a run, and what may be said anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracer.errors import FileError, InputError
from tracer.language import _, quoted_file
from tracer.storage.endings import SUFFIX
from tracer.training.choices import LONGER

if TYPE_CHECKING:
    from tracer.training.loop import Training

FREE = ("resume", "overwrite", "save", "watch_sentence", "checkpoint_every", *LONGER)
"""What may be said anew when a run is resumed; everything else decides its result."""


def is_finished(run: Path) -> bool:
    """Whether the run in a file came to its end."""
    from tracer.training import checkpoint

    with begin_anew(run):
        return checkpoint.is_finished(run)


@contextmanager
def begin_anew(run: Path) -> Iterator[None]:
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


def check_unfinished(training: Training, run: Path) -> None:
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


def typed_order(ctx: click.Context) -> list[str]:
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


def as_begun(ctx: click.Context, run: Path) -> tuple[dict[str, Any], list[str]]:
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
        before = ctx.command.make_context("tracer train", list(begun))
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
    return {**first, **here}, typed_order(before)
