"""The sentences that were typed, or standard input; and what is no sentence but a file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from tracer.errors import InputError
from tracer.language import _, plural, quoted, quoted_file
from tracer.storage.endings import RUN, SUFFIX
from tracer.view.say.words import clean


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
        _("{file} is a trace file: give it alone, without a sentence or a second trace").format(
            file=files[0]
        )
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
