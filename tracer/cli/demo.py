"""``tracer demo``: the tour: a sentence is read, an exercise fails, the same exercise passes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stdout
from importlib import import_module
from io import StringIO
from pathlib import Path

import click

from tracer.errors import TracerError
from tracer.language import _

SENTENCE = "you are a really bad man"
EXERCISE = "10_rnn_step"
SEED = "32"
"""Draws numbers that the missing bias changes a lot; with others tanh may squeeze both to 1."""

WIDEST = 90
"""Columns of the guide's lines; longer ones are hard to read."""

# The demo's own answer to the first exercise, for the solutions do not travel with the package.
ANSWER = '''\
"""One step of an RNN."""

import numpy as np


def rnn_step(x, h_prev, U, W, a):
    z = x @ U.T + h_prev @ W.T + a
    h = np.tanh(z)
    return h
'''
RIGHT_LINE = "    z = x @ U.T + h_prev @ W.T + a\n"
WRONG_LINE = "    z = x @ U.T + h_prev @ W.T\n"


@click.command(
    help=_(
        """Take the tour: a sentence through an LSTM, an exercise that fails, the same one passing.

        You type nothing, and no file is left behind.

        \b
        Example:
          tracer demo
        """
    )
)
def command() -> None:
    """Run the three commands of the tour, each with a line on what there is to see."""
    _say(
        _(
            "1 of 3. A sentence goes through an LSTM, word by word. First the answer after each "
            "word; then, for two of the words, every gate and state."
        )
    )
    _run("show", SENTENCE, "--steps", "5:6")
    with _exercise_folder() as answer:
        _say(
            _(
                "2 of 3. Now somebody writes one step of an RNN and forgets the bias:\n    {line}\n"
                "The check shows the first wrong number, and what is missing there."
            ).format(line=WRONG_LINE.strip())
        )
        answer.write_text(ANSWER.replace(RIGHT_LINE, WRONG_LINE), encoding="utf-8")
        _run("check", EXERCISE, "--seed", SEED, expected=1)
        _say(_("3 of 3. The bias is back:\n    {line}").format(line=RIGHT_LINE.strip()))
        answer.write_text(ANSWER, encoding="utf-8")
        _run("check", EXERCISE)
    _say(
        _(
            "That was the tour. Your turn:\n"
            '  tracer show "you are not bad at all"   a sentence of your own\n'
            "  tracer init my-course                  the exercises, to write it yourself"
        )
    )


@contextmanager
def _exercise_folder() -> Iterator[Path]:
    """A fresh folder of exercises to work in for a while; gives the file to write."""
    from tempfile import TemporaryDirectory

    init = import_module("tracer.cli.init").command
    with TemporaryDirectory(prefix="tracer-demo-") as folder:
        with chdir(folder), redirect_stdout(StringIO()):
            init.main(["exercises"], prog_name="tracer init", standalone_mode=False)
        with chdir(Path(folder) / "exercises"):
            yield Path(EXERCISE) / "rnn_step.py"


def _run(verb: str, *arguments: str, expected: int = 0) -> None:
    """Say a command as it would be typed, and run it."""
    typed = " ".join(f'"{word}"' if " " in word else word for word in ("tracer", verb, *arguments))
    _echo(typed)
    command = import_module(f"tracer.cli.{verb}").command
    status = command.main(
        list(arguments), prog_name=f"tracer {verb}", standalone_mode=False,
        default_map={"no_pager": True},  # the guide goes on by itself
    ) or 0  # fmt: skip
    if status != expected:
        raise TracerError(
            _("the tour is wrong: '{typed}' ended with {status}, not with {expected}").format(
                typed=typed, status=status, expected=expected
            )
        )


def _echo(typed: str) -> None:
    from tracer.view.terminal.console import abilities, write
    from tracer.view.terminal.drawing.paragraphs import typed_command

    able = abilities()
    write(typed_command(typed, able), able)


def _say(text: str) -> None:
    """What the guide says, a paragraph a line."""
    from dataclasses import replace

    from tracer.view.parts.said import Said, Tone
    from tracer.view.terminal.console import abilities, write
    from tracer.view.terminal.drawing.paragraphs import paragraph

    able = abilities()
    narrow, lines = replace(able, width=min(able.width, WIDEST)), []
    for line in text.splitlines():
        indent = " " * (len(line) - len(line.lstrip()))
        lines += paragraph(Said(line.strip(), Tone.STRONG), narrow, indent)
    write(lines, able)
    click.echo()
