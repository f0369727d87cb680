"""Where the numbers of a command come from: a saved trace, or sentences and a network."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracer.equations import LEVELS
from tracer.errors import InputError
from tracer.language import _, plural, quoted, quoted_file
from tracer.storage.endings import RUN, SUFFIX
from tracer.view.say.words import clean

if TYPE_CHECKING:
    from tracer.model.model import Model
    from tracer.trace.trace import Trace


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
        network = replace(network, encoder=network.encoder.cut_at_spaces())
    if (source.device or "cpu") == "cpu":
        announce_compiling([network], backward=source.backward)

    def run(some: Sequence[str]) -> Trace:
        return _run(source, network, some, len(sentences))

    return Runs(len(sentences), lambda number: run([sentences[number]]), lambda: run(sentences))


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


def compiling() -> str:
    """What a person waits for while kernels are compiled."""
    from tracer.kernels.cpu.jit import keeps

    if keeps():
        return _("compiling the kernels for this machine (first time only) ...")
    return _("compiling the kernels for this machine; tracer doctor says why they are not kept ...")


def announce_compiling(networks: Sequence[Model], *, backward: bool) -> None:
    """Say why the first sentence takes some seconds, or each its time, to standard error."""
    from tracer.kernels.cpu.device import needs_compiling
    from tracer.kernels.device import device_for

    cells = [network.cell for network in networks]
    for title in {cell.equations.title for cell in cells if device_for(cell, "cpu") != "cpu"}:
        click.echo(
            _(
                "{cell} has no compiled step, so it runs in the slow textbook loop (reference)"
            ).format(cell=title),
            err=True,
        )
    if any(needs_compiling(cell, backward=backward) for cell in cells):
        click.echo(compiling(), err=True)


def sentences_of(words: Sequence[str], verb: str) -> list[str]:
    """The sentences that were typed, or (``-``) each line of standard input.

    Words without quotes are one sentence, sentences in quotes are several.

    Parameters
    ----------
    words : sequence of str
        The arguments, as the shell parted them.
    verb : str
        The command, for the errors' advice.

    Raises
    ------
    InputError
        If a file was meant: its name would be read as words.
    """
    if "-" in words:
        if len(words) > 1:
            raise InputError(_("- reads the sentences from standard input; give it alone"))
        return _lines_of_input()
    files = [word for word in words if word.endswith(SUFFIX)]
    if files:
        raise _traces_meant(files, len(words), verb)
    text = " ".join(words)
    if _is_file(text):
        if text.endswith(RUN):
            raise _run_meant(Path(text))
        error = InputError(
            _(
                "{file} is a file here, not a sentence. To read it line by line, or its name:"
            ).format(file=text)
        )
        error.add_note(f"tracer {verb} - < {quoted_file(text)}")
        error.add_note(" | ".join((quoted("echo", text), f"tracer {verb} -")))
        raise error
    several = [len(word.split()) > 1 for word in words]
    if len(words) == 1 or not any(several):
        return [text]
    if not all(several):
        said = plural(
            "read as {count} sentence, for some are in quotes: {sentences}",
            "read as {count} sentences, for some are in quotes: {sentences}",
            len(words),
        )
        click.echo(said.format(count=len(words), sentences=clean(quoted(*words))), err=True)
    return [*words]


def _traces_meant(files: Sequence[str], count: int, verb: str) -> InputError:
    """The error where the names of traces came among, or in place of, sentences."""
    if verb != "show":
        said = _("{file} is a trace file, and tracer {verb} runs networks over a sentence.").format(
            file=files[0], verb=verb
        )
        error = InputError(said + " " + _("To see the gradients that are kept in it:"))
        error.add_note(f"tracer show {quoted_file(files[0])} --what backward")
        return error
    if len(files) == count == 2:
        error = InputError(_("tracer show opens one trace at a time. To lay two side by side:"))
        error.add_note(f"tracer diff {quoted_file(files[0])} {quoted_file(files[1])}")
        return error
    error = InputError(
        _(
            "{file} is a trace file and stands alone; no sentence and no second one beside it"
        ).format(file=files[0])
    )
    error.add_note(f"tracer show {quoted_file(files[0])}")
    return error


def _run_meant(run: Path) -> InputError:
    """The error where the file of a training run came in place of a sentence."""
    error = InputError(
        _("{file} is a training run, not a sentence. To continue it, or use its network:").format(
            file=run
        )
    )
    model = quoted_file(run.with_suffix(SUFFIX))
    error.add_note(f"tracer train --save {model} --resume")
    error.add_note(f'tracer show "SENTENCE" --model {model}')
    return error


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # too long for a name, or with a byte 0 in it
        return False


def _lines_of_input() -> list[str]:
    try:
        text = sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            _("standard input is not UTF-8 text: byte {place} is {value:#04x}").format(
                place=error.start, value=error.object[error.start]
            )
        ) from None
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise InputError(_("standard input is empty; expected one sentence per line"))
    return lines
