"""``tracer gradients``: how far back a network's loss is felt, word by word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from tracer.cli._compiling import announce_compiling
from tracer.cli._options import check_theme, finite, not_empty
from tracer.cli._output import (
    check_output,
    for_file,
    output_option,
    pager_option,
    write_screen,
    written,
)
from tracer.cli._sentences import sentences_of
from tracer.cli._source import load_model
from tracer.errors import InputError
from tracer.language import _
from tracer.training.choices import INITIALS

if TYPE_CHECKING:
    from tracer.model.model import Model
    from tracer.view.terminal.console import Theme

MODELS = ("rnn-classify", "lstm-classify")


@click.command(
    help=_(
        """Backpropagate the last word's loss through SENTENCE and show how much gradient is left.

        Each network has a column: the norm of the gradient of h at every word on a logarithmic
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
    callback=not_empty,
    help=_("A shipped model by name, or a model file; repeatable [{models}].").format(
        models=", ".join(MODELS)
    ),
)
@click.option(
    "--target",
    callback=not_empty,
    help=_("The target label after the last word [each network's own answer]."),
)
@click.option(
    "--untrained",
    is_flag=True,
    help=_("The same networks with random weights, as before training."),
)
@click.option(
    "--initial",
    type=click.Choice(INITIALS),
    help=_("Initialisation of the random weights [uniform]."),
)
@click.option(
    "--forget-bias",
    type=float,
    callback=finite,
    help=_("Initial bias of their forget gates [1]."),
)
@click.option("--seed", type=click.IntRange(min=0), help=_("Random seed [0]."))
@click.option("--device", callback=not_empty, help=_("Where to compute: as in tracer show [cpu]."))
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
def command(
    sentence: tuple[str, ...],
    models: tuple[str, ...],
    target: str | None,
    untrained: bool,
    initial: str | None,
    forget_bias: float | None,
    seed: int | None,
    device: str | None,
    layout: str,
    theme: Theme | None,
    output: str | None,
    no_pager: bool,
) -> None:
    """Run each network, forward and back, and show them beside each other."""
    import tracer
    from tracer.kernels.device import soonest
    from tracer.model.gradientflow import gradient_flow, in_float64
    from tracer.view.export.flow_numbers import flows_to_json, write_flows_csv
    from tracer.view.export.to_svg import picture_abilities, to_svg
    from tracer.view.say.words import clean
    from tracer.view.terminal.console import abilities
    from tracer.view.terminal.gradients import gradients

    check_theme(theme, layout)
    check_output(output, layout, no_pager=no_pager)
    text, *more = sentences_of(sentence, "gradients")
    if more:
        raise InputError(
            _("{count} sentences were given; tracer gradients takes one").format(
                count=1 + len(more)
            )
        )
    networks = [load_model(name, "gradients") for name in models]
    networks = networks or [tracer.Model.shipped(name) for name in MODELS]
    note = ""
    if untrained:
        networks, note = _fresh(networks, initial or "uniform", forget_bias, seed or 0)
    else:
        fresh = {"--initial": initial, "--forget-bias": forget_bias, "--seed": seed}
        given = [option for option, value in fresh.items() if value is not None]
        if given:
            raise InputError(
                _("{options} apply to random weights only; add --untrained").format(
                    options=", ".join(given)
                )
            )
    doubled = [in_float64(network) for network in networks]
    if layout in ("csv", "json"):
        device = device or "cpu"
    devices = [device or soonest(network.cell, len(text), backward=True) for network in doubled]
    for one in dict.fromkeys(devices):
        here = [network for network, on in zip(doubled, devices, strict=True) if on == one]
        announce_compiling(here, backward=True, device=one)
    flows = [
        gradient_flow(network, text, target, where)
        for network, where in zip(networks, devices, strict=True)
    ]
    if layout in ("csv", "json", "svg"):
        able = picture_abilities(abilities(theme=theme), theme)
        with written(output) as stream:
            if layout == "csv":
                write_flows_csv(flows, stream)
            elif layout == "json":
                stream.write(flows_to_json(flows) + "\n")
            else:
                title = f'tracer gradients "{clean(text)[:60]}"'
                stream.write(to_svg(gradients(flows, able, note), able, title) + "\n")
        return
    able = abilities(plain=layout == "plain", theme=theme)
    able = for_file(able) if output is not None else able
    write_screen(gradients(flows, able, note), able, output, no_pager=no_pager)


def _fresh(
    networks: Sequence[Model], initial: str, forget_bias: float | None, seed: int
) -> tuple[list[Model], str]:
    """The networks before training, and the sentence that says how their weights were drawn."""
    from tracer.model.untrained import untrained

    if forget_bias is not None and not any(one.cell.equations.forget for one in networks):
        raise InputError(
            _("--forget-bias {bias:g}: none of these networks has a forget gate").format(
                bias=forget_bias
            )
        )
    bias = 1.0 if forget_bias is None else forget_bias
    note = _("random weights: {initial}, forget bias {bias:g}, seed {seed}").format(
        initial=initial, bias=bias, seed=seed
    )
    drawn = [untrained(one, initial=initial, forget_bias=bias, seed=seed) for one in networks]
    return drawn, note
