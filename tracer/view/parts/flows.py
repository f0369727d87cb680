"""What ``tracer gradients`` shows: how far back the last word's loss is felt in each network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracer.cells.activations import Array
from tracer.language import _, plural
from tracer.model.gradientflow import GradientFlow, share_of_last
from tracer.view.parts.said import Meaning, Said, Tone
from tracer.view.say.flow_words import comparison, legend, model_name, summary
from tracer.view.say.numbers import size
from tracer.view.say.words import clean

NUMBERS = ("d_h", "d_c", "forget", "kept", "step", "bound", "reach")
"""The names of `GradientFlow`; each is explained there."""


@dataclass(frozen=True, slots=True)
class Series:
    """A number for each word, under a name."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Network:
    """One network's way back.

    Attributes
    ----------
    name : str
    words : tuple of str
    summary : Said
        What its gradient comes to.
    numbers : tuple of Series
        All that was measured, under the names of `GradientFlow`; sizes are absolute.
    felt : tuple of float
        The size of the gradient of h, as a share of that at the last word.
    ways : tuple of Series
        What stands in the gradient's way, under the names of the screen.
    """

    name: str
    words: tuple[str, ...]
    summary: Said
    numbers: tuple[Series, ...]
    felt: tuple[float, ...]
    ways: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class Flows:
    """The parts of the screen.

    Attributes
    ----------
    words : tuple of str
        Of the first network.
    notes : tuple of Said
        How the networks came to their weights, and against which answer each loss was taken.
    networks : tuple of Network
    comparison : Said
        What the better of two brings to the first word; empty where there is nothing to compare.
    legend : tuple of Meaning
    """

    words: tuple[str, ...]
    notes: tuple[Said, ...]
    networks: tuple[Network, ...]
    comparison: Said
    legend: tuple[Meaning, ...]


def flows(found: Sequence[GradientFlow], note: str = "", encoding: str = "utf-8") -> Flows:
    """The parts; `note` is said first, and words are made safe for what can write `encoding`."""
    said = [*([note] if note else []), *(_loss(flow, encoding) for flow in found)]
    networks = tuple(network(flow, encoding) for flow in found)
    return Flows(
        networks[0].words,
        tuple(Said(text, Tone.ASIDE) for text in said),
        networks,
        Said(comparison(found, encoding), Tone.STRONG),
        tuple(Meaning(*entry) for entry in legend(found)),
    )


def network(flow: GradientFlow, encoding: str = "utf-8") -> Network:
    """The record of one network."""
    measured = ((name, getattr(flow, name)) for name in NUMBERS)
    return Network(
        name=model_name(flow, encoding),
        words=tuple(clean(word, encoding) for word in flow.words),
        summary=Said(summary(flow, encoding)),
        numbers=tuple(_series(name, values) for name, values in measured if values is not None),
        felt=tuple(flow.share.tolist()),
        ways=tuple(_series(name, values) for name, values in _ways(flow)),
    )


def _series(name: str, values: Array) -> Series:
    return Series(name, tuple(values.tolist()))


def _ways(flow: GradientFlow) -> Iterator[tuple[str, Array]]:
    """Up to three kinds of numbers, under the names of the screen."""
    if flow.step is not None and flow.bound is not None and flow.reach is not None:
        yield "step", flow.step
        yield "bound", flow.bound
        yield "reach", flow.reach
    if flow.forget is not None and flow.kept is not None:
        yield "f", flow.forget
        yield "kept", flow.kept
    if flow.d_c is not None:
        yield "‖d_c‖", share_of_last(flow.d_c)


def _loss(flow: GradientFlow, encoding: str) -> str:
    """Against which answer the loss was taken, and how to ask otherwise."""
    trace, label = flow.trace, clean(flow.target, encoding)
    assert trace.labels is not None
    said = plural(
        "{model} ({title}, {units} unit): loss {loss} for the target '{label}'",
        "{model} ({title}, {units} units): loss {loss} for the target '{label}'",
        trace.H,
    ).format(
        model=model_name(flow, encoding), title=trace.equations.title, units=trace.H, label=label,
        loss=size(float(trace["loss"][-1, 0])),
    )  # fmt: skip
    if trace.task == "generate":
        own = _(", its own next word") if flow.own else _(" as the next word")
        said += own + _("; it generates nothing here and reads only the given words")
    elif flow.own:
        said += _(", its own answer")
        others = [clean(other, encoding) for other in trace.labels if other != flow.target]
        if others:
            said += _("; for another: --target {other}").format(other=others[0])
    if trace.straight_through:
        said += _("; straight-through gradients at the hard gates")
    return said
