"""A training run on the screen: a bar that moves, a line for each epoch, sentences watched."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.cells import cell_len
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from tracer.view.parts.said import Said, Tone
from tracer.view.parts.training import (
    Command,
    Figure,
    Spoken,
    figures,
    result,
    spoken,
    stopped,
    to_beat,
    under_way,
)
from tracer.view.say.numbers import percent
from tracer.view.say.words import clean
from tracer.view.terminal.console import Abilities, rich_console, write
from tracer.view.terminal.drawing.paragraphs import paragraph, style_of
from tracer.view.terminal.palette import palette

if TYPE_CHECKING:
    from tracer.training.loop import Training
    from tracer.training.progress import EpochResult

SHORTEST = 6
"""Columns that every value has room in: ``0.0041``, ``>99 %``."""

REDRAWS = 0.1
"""Seconds between two pictures of the bar."""


class Watch:
    """Follows a run. On a terminal a bar moves; into a pipe only whole lines are written.

    Parameters
    ----------
    training : Training
    able : Abilities
    sentences : sequence of str
        What the network says to these is shown after each epoch.
    """

    def __init__(self, training: Training, able: Abilities, sentences: Sequence[str]) -> None:
        self._training = training
        self._able = able
        self._sentences = sentences
        self._began = self._drawn = monotonic()
        self._learned = 0
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[said]}"),
            TimeRemainingColumn(compact=True),
            console=rich_console(able, sys.stdout, moving=True),
            auto_refresh=False,
            transient=True,
            expand=True,
            disable=not (able.terminal and able.colours),
        )
        self._task = self._bar.add_task("", total=training.batches, said="")
        self._header_due = True

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def say(self, said: str | Said) -> None:
        """A line above the bar; it is not folded, so that what is in it can be copied."""
        said = said if isinstance(said, Said) else Said(clean(said), Tone.ASIDE)
        self._line(Text(said.text, style_of(said.tone, self._able)))

    def _paragraph(self, said: Said) -> None:
        """A sentence without a command in it, broken between words where somebody reads it."""
        if not self._able.terminal:
            self.say(said)
            return
        for line in paragraph(said, self._able, indent=""):
            self._line(line)

    def _line(self, line: Text) -> None:
        if self._bar.disable or not self._bar.live.is_started:
            write([line], self._able)
            sys.stdout.flush()
        else:
            self._bar.print(line)

    def yardstick(self) -> None:
        """What the network has to beat, before it begins."""
        self._paragraph(to_beat(self._training))

    def batch(self, ended: EpochResult | None) -> None:
        """After every batch; `ended` where an epoch did."""
        self._learned += self._training.recipe.batch_size
        if ended is not None:
            self._epoch(ended)
            self._began, self._learned = monotonic(), 0
        elif monotonic() - self._drawn > REDRAWS and self._training.progress.counted:
            self._drawn = monotonic()
            now = under_way(self._training, self._rate())
            self._bar.update(
                self._task, completed=now.batches, description=now.title, said=now.said
            )
            self._bar.refresh()

    def _rate(self) -> float:
        return self._learned / max(monotonic() - self._began, 1e-9)

    def _epoch(self, ended: EpochResult) -> None:
        shown = list(fitting(figures(ended, self._rate()), self._able.width))
        if self._header_due:
            self._header_due = False
            titles = "  ".join(figure.title.rjust(wide) for figure, wide in shown)
            self._line(Text(titles, palette(self._able).faint))
        self._line(Text("  ".join(figure.written.rjust(wide) for figure, wide in shown)))
        if self._sentences:
            model = self._training.model("", {}, best=False)
            for sentence in self._sentences:
                self._line(Text("       ").append_text(_answer(spoken(model.trace(sentence)))))

    def stopped(self, run: Path, order: str) -> None:
        """The last line of a run that did not come to its end: how to go on with it."""
        self.say(stopped(self._training, run, order))

    def result(self, best: EpochResult, saved: Path, run: Path) -> None:
        """The last lines: how good it became, and what to do with it."""
        for part in result(self._training, best, saved, run):
            match part:
                case Said():
                    self._paragraph(part)
                case Command(typed):
                    self._line(Text("  " + clean(typed)))


def fitting(listed: Sequence[Figure], width: int) -> Iterator[tuple[Figure, int]]:
    """As many figures from the left as fit on one line, each with the columns it gets."""
    room = width
    for figure in listed:
        wide = max(cell_len(figure.title), SHORTEST)
        room -= wide
        if room < 0:
            return
        yield figure, wide
        room -= 2


def _answer(part: Spoken) -> Text:
    """A sentence, and what the network says to it."""
    if part.share is not None:
        line = Text(" ".join(word for word, _label in part.words))
        return line.append(f"  {part.label} {percent(part.share)}", "bold")
    line = Text()
    for word, label in part.words:
        line.append(word).append(f"/{label}" if label else "", "bold").append(" ")
    line.rstrip()
    return line
