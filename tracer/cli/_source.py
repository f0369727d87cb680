"""Where the numbers of a command come from: a saved trace, or sentences and a network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tracer.cli._compiling import announce_compiling
from tracer.cli._sentences import sentences_of
from tracer.equations import LEVELS
from tracer.errors import InputError
from tracer.language import _, plural, quoted_file
from tracer.storage.endings import SUFFIX

if TYPE_CHECKING:
    from tracer.model.model import Model
    from tracer.text.encoder import Encoder
    from tracer.trace.trace import Trace


MOST_SENTENCES = 20
"""Sentences that are drawn when nobody asked for a certain one."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the numbers come from, as it was typed."""

    words: tuple[str, ...]
    model: str | None
    cell: str | None
    task: str | None
    device: str | None
    level: str | None
    target: str | None = None
    backward: bool = False
    cut: bool = False
    drawn: bool = False
    """Whether it is only drawn, so that the last bit is seen by nobody."""

    @property
    def text(self) -> str:
        """All that was typed for a sentence or a file."""
        return " ".join(self.words)

    @property
    def is_file(self) -> bool:
        """Whether a saved trace is meant and not a sentence."""
        return len(self.words) == 1 and self.words[0].endswith(SUFFIX)


@dataclass(frozen=True)
class Runs:
    """The sentences of a command. Each is run only when it is looked at: a batch is padded.

    Attributes
    ----------
    count : int
        How many sentences there are.
    alone : callable
        The trace of one sentence, by its number from 0, without padding.
    together : callable
        The trace of all of them as one batch.
    """

    count: int
    alone: Callable[[int], Trace]
    together: Callable[[], Trace]

    @classmethod
    def of_trace(cls, trace: Trace) -> Runs:
        """Those of a trace that is there already."""

        def alone(number: int) -> Trace:
            steps = slice(0, max(int(trace.lengths[number]), 1))
            return trace.sel(batch=slice(number, number + 1), step=steps)

        return cls(trace.N, alone, lambda: trace)


def runs_of(source: Source) -> Runs:
    """Open the trace file, or have the network ready to run over the sentences."""
    import tracer
    from tracer.kernels.device import soonest

    chosen = {
        "--model": source.model,
        "--cell": source.cell,
        "--task": source.task,
        "--device": source.device,
        "--level": source.level,
        "--target": source.target,
        "--words": source.cut or None,
    }
    given = [option for option, value in chosen.items() if value is not None]
    if source.is_file:
        if given:
            raise InputError(
                _("{file} is a saved trace; {options} cannot change it").format(
                    file=source.text, options=", ".join(given)
                )
            )
        return Runs.of_trace(tracer.open(source.text))
    clash = [option for option in given if option in ("--cell", "--task")]
    if source.model is not None and clash:
        raise InputError(
            _(
                "--model {model} already determines cell and task; leave out {options}, or --model"
            ).format(model=source.model, options=", ".join(clash))
        )
    sentences = sentences_of(source.words, "show")
    if source.model is None:
        network = tracer.Model.shipped(f"{source.cell or 'lstm'}-{source.task or 'classify'}")
    else:
        network = load_model(source.model, "show")
    if source.cut:
        cut = network.encoder.cut_at_spaces()
        _check_words(network.encoder, cut, sentences)
        network = replace(network, encoder=cut)
    if source.drawn and source.device is None:
        # No word has fewer characters than one; a screen shows no more sentences than these.
        longest = sorted(map(len, sentences))[-MOST_SENTENCES:]
        device = soonest(network.cell, sum(longest), backward=source.backward)
        source = replace(source, device=device)
    announce_compiling([network], backward=source.backward, device=source.device)

    def run(some: Sequence[str]) -> Trace:
        return _run(source, network, some, len(sentences))

    return Runs(len(sentences), lambda number: run([sentences[number]]), lambda: run(sentences))


def _check_words(usual: Encoder, cut: Encoder, sentences: Sequence[str]) -> None:
    """Raise an `InputError` where every sentence has the same words without --words."""
    try:
        if any(usual.split(one) != cut.split(one) for one in sentences):
            return
    except InputError:  # one of the two finds no word, and running it says so
        return
    raise InputError(
        plural(
            "--words has no effect: this network splits the sentence at the same places without it",
            "--words has no effect: this network splits the {count} sentences at the same places "
            "without it",
            len(sentences),
        ).format(count=len(sentences))
    )


def _run(source: Source, network: Model, sentences: Sequence[str], averaged_over: int) -> Trace:
    from tracer.model.targets import target_trace

    device, level = source.device or "cpu", source.level or LEVELS[-1]
    if source.backward or source.target is not None:
        return target_trace(
            network, sentences, source.target, device=device, level=level,
            backward=source.backward, averaged_over=averaged_over,
        )  # fmt: skip
    return network.trace(sentences, device=device, level=level)


def load_model(name: str, verb: str) -> Model:
    """The network that ``--model`` names. One from a file is called as the file was typed.

    Parameters
    ----------
    name : str
    verb : str
        The command, for the error's advice.

    Raises
    ------
    InputError
        If `name` is that of a network that comes with tracer, and of a file here as well.
    """
    import tracer
    from tracer.model.file import is_two_models

    if is_two_models(name):
        cell, _dash, task = name.partition("-")
        other = _(", or say --cell {cell} --task {task}").format(cell=cell, task=task)
        raise InputError(
            _(
                "--model {name} could be two networks: the file in this folder is --model {file}; "
                "for the one that comes with tracer, run the same command in another folder{other}"
            ).format(
                name=name,
                file=quoted_file(name + SUFFIX),
                other=other if verb == "show" else "",  # gradients has no such options
            )
        )
    network = tracer.Model.load(name)
    return network if name in tracer.Model.names() else replace(network, name=name)
