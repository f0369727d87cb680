"""Where the numbers of a command come from: a saved trace, or sentences and a network."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracer.equations import LEVELS
from tracer.errors import InputError
from tracer.language import _

if TYPE_CHECKING:
    from tracer.trace import Trace

TRACE_SUFFIX = ".safetensors"


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
        return self.text.endswith(TRACE_SUFFIX)


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
    name = source.model or f"{source.cell or 'lstm'}-{source.task or 'classify'}"
    network = tracer.Model.load(name)
    sentences = _lines_of_input() if source.text == "-" else [source.text]
    device, level = source.device or "cpu", source.level or LEVELS[-1]
    if source.backward or source.target is not None:
        from tracer.targets import target_trace

        return target_trace(
            network, sentences, source.target, device=device, level=level, backward=source.backward
        )
    return network.trace(sentences, device=device, level=level)


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
