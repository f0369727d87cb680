"""Where the numbers of a command come from: a saved trace, or sentences and a network."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracer.equations import LEVELS
from tracer.errors import InputError
from tracer.language import _

if TYPE_CHECKING:
    from tracer.model.model import Model
    from tracer.trace.trace import Trace

SUFFIX = ".safetensors"
"""What the files of traces and of models end in."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the numbers come from."""

    text: str
    model: str | None
    cell: str | None
    task: str | None
    device: str | None
    level: str | None
    target: str | None = None
    backward: bool = False

    @property
    def is_file(self) -> bool:
        """Whether a saved trace is meant and not a sentence."""
        return self.text.endswith(SUFFIX)


def trace_of(source: Source) -> Trace:
    """Open the trace file, or run the model over the sentences."""
    import tracer

    chosen = {
        "--model": source.model,
        "--cell": source.cell,
        "--task": source.task,
        "--device": source.device,
        "--level": source.level,
        "--target": source.target,
    }
    given = [option for option, value in chosen.items() if value is not None]
    if source.is_file:
        if given:
            raise InputError(
                _("{file} is a finished trace; {options} cannot change it any more").format(
                    file=source.text, options=", ".join(given)
                )
            )
        return tracer.open(source.text)
    clash = [option for option in given if option in ("--cell", "--task")]
    if source.model is not None and clash:
        raise InputError(
            _(
                "--model {model} already says which cell and task; leave out {options}, or --model"
            ).format(model=source.model, options=", ".join(clash))
        )
    if source.model is None:
        network = tracer.Model.shipped(f"{source.cell or 'lstm'}-{source.task or 'classify'}")
    else:
        network = load_model(source.model)
    sentences = sentences_of(source.text)
    device, level = source.device or "cpu", source.level or LEVELS[-1]
    if device == "cpu":
        announce_compiling([network], backward=source.backward)
    if source.backward or source.target is not None:
        from tracer.model.targets import target_trace

        return target_trace(
            network, sentences, source.target, device=device, level=level, backward=source.backward
        )
    return network.trace(sentences, device=device, level=level)


def load_model(name: str) -> Model:
    """The network that ``--model`` names. One from a file is called as the file was typed.

    Raises
    ------
    InputError
        If `name` is that of a network that comes with tracer, and of a file here as well.
    """
    import tracer
    from tracer.model.file import is_two_models

    if is_two_models(name):
        cell, _dash, task = name.partition("-")
        raise InputError(
            _(
                "--model {name} could be two networks. For the file in this folder: "
                "--model {file}. For the one that comes with tracer: tracer show "
                "--cell {cell} --task {task}, or the same command in another folder"
            ).format(name=name, file=name + SUFFIX, cell=cell, task=task)
        )
    network = tracer.Model.load(name)
    return network if name in tracer.Model.names() else replace(network, name=name)


def announce_compiling(networks: Sequence[Model], *, backward: bool) -> None:
    """Say why the first sentence takes some seconds, or each its time, to standard error."""
    from tracer.kernels.cpu.device import needs_compiling
    from tracer.kernels.device import device_for

    cells = [network.cell for network in networks]
    for title in {cell.equations.title for cell in cells if device_for(cell, "cpu") != "cpu"}:
        click.echo(
            _("{cell}: no compiled step, so it runs in the slow textbook loop (reference)").format(
                cell=title
            ),
            err=True,
        )
    if any(needs_compiling(cell, backward=backward) for cell in cells):
        click.echo(_("compiling the kernels for this machine; only the first time ..."), err=True)


def sentences_of(text: str) -> list[str]:
    """The sentence that was typed, or (``-``) each line of standard input.

    Raises
    ------
    InputError
        If a file was meant: its name would be read as words.
    """
    if text == "-":
        return _lines_of_input()
    if _is_file(text):
        raise InputError(
            _(
                "{file} is a file here, not a sentence. To read it line by line: "
                "tracer show - < {quoted}. To read its name as words: echo {quoted} | tracer show -"
            ).format(file=text, quoted=shlex.quote(text))
        )
    return [text]


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
        raise InputError(_("no sentence came from standard input; write one a line"))
    return lines
