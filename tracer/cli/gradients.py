"""``tracer gradients``: how far back a network's loss is felt, word by word."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from tracer.cli._options import check_theme, finite
from tracer.cli._source import announce_compiling, load_model, sentences_of
from tracer.errors import InputError
from tracer.language import _

if TYPE_CHECKING:
    from tracer.view.terminal.console import Theme

INITIALS = ("uniform", "orthogonal")
"""Those of `tracer.training.initial`, which imports NumPy."""

MODELS = ("rnn-classify", "lstm-classify")


@click.command(
    help=_(
        """Send the loss of the last word back through SENTENCE and draw how much of it is left.

        Each network has a column: the size of the gradient of h at every word on a logarithmic
        scale, and below it what makes it vanish or explode.

        \b
        Examples:
          tracer gradients "you are not greedy at all when it is cold and you live near the town"
          tracer gradients "you are not bad and the river is cold" --untrained
          tracer gradients "you are bad" --target praise
          tracer gradients "water is hot" --model rnn-tag --model lstm-tag
        """
    )
)
@click.argument("sentence", nargs=-1, required=True)
@click.option(
    "--model",
    "models",
    multiple=True,
    help=_(
        "A shipped model by name, or a model file; may be given several times. [{models}]"
    ).format(models=", ".join(MODELS)),
)
@click.option(
    "--target",
    help=_("The label that would be right after the last word [what each network says itself]."),
)
@click.option(
    "--untrained",
    is_flag=True,
    help=_("The same networks with fresh random weights, as training finds them."),
)
@click.option(
    "--initial",
    type=click.Choice(INITIALS),
    help=_("How the fresh weights are drawn [uniform]."),
)
@click.option(
    "--forget-bias",
    type=float,
    callback=finite,
    help=_("Where their forget switches' bias begins [1]."),
)
@click.option("--seed", type=click.IntRange(min=0), help=_("Other fresh weights [0]."))
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
def command(
    sentence: tuple[str, ...],
    models: tuple[str, ...],
    target: str | None,
    untrained: bool,
    initial: str | None,
    forget_bias: float | None,
    seed: int | None,
    layout: str,
    theme: Theme | None,
) -> None:
    """Run each network, forward and back, and show them beside each other."""
    import tracer
    from tracer.model.gradientflow import gradient_flow, in_float64
    from tracer.model.untrained import untrained as untrained_model
    from tracer.view.export.flow_numbers import flows_to_json, write_flows_csv

    check_theme(theme, layout)
    text, *more = sentences_of(" ".join(sentence))
    if more:
        raise InputError(
            _("{count} sentences came; this picture is of one").format(count=1 + len(more))
        )
    networks = [load_model(name) for name in models]
    networks = networks or [tracer.Model.shipped(name) for name in MODELS]
    fresh = {"--initial": initial, "--forget-bias": forget_bias, "--seed": seed}
    given = [option for option, value in fresh.items() if value is not None]
    note = ""
    if untrained:
        if forget_bias is not None and not any("f" in one.cell.equations for one in networks):
            raise InputError(
                _("--forget-bias {bias:g}: none of these networks has a forget switch").format(
                    bias=forget_bias
                )
            )
        initial, forget_bias, seed = (
            "uniform" if initial is None else initial,
            1.0 if forget_bias is None else forget_bias,
            seed or 0,
        )
        networks = [
            untrained_model(network, initial=initial, forget_bias=forget_bias, seed=seed)
            for network in networks
        ]
        note = _("fresh random weights: {initial}, forget bias {bias:g}, seed {seed}").format(
            initial=initial, bias=forget_bias, seed=seed
        )
    elif given:
        raise InputError(
            _("{options} say how fresh weights are drawn; add --untrained").format(
                options=", ".join(given)
            )
        )
    announce_compiling([in_float64(network) for network in networks], backward=True)
    flows = [gradient_flow(network, text, target) for network in networks]
    if layout == "csv":
        write_flows_csv(flows, sys.stdout)
    elif layout == "json":
        click.echo(flows_to_json(flows))
    else:
        from tracer.view.export.to_svg import picture_abilities, to_svg
        from tracer.view.say.words import clean
        from tracer.view.terminal.console import abilities, write
        from tracer.view.terminal.gradients import gradients

        able = abilities(plain=layout == "plain", theme=theme)
        if layout == "svg":
            able = picture_abilities(able, theme)
            title = f'tracer gradients "{clean(text)[:60]}"'
            click.echo(to_svg(gradients(flows, able, note), able, title))
        else:
            write(gradients(flows, able, note), able)
