"""A training run on the screen: a bar that moves, a line for each epoch, sentences watched."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.cells import cell_len
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from tracer.language import _
from tracer.view.say.numbers import apart, number, percent
from tracer.view.say.words import clean
from tracer.view.terminal.console import Abilities, rich_console, write
from tracer.view.terminal.palette import palette

if TYPE_CHECKING:
    from tracer.trace.trace import Trace
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
            console=rich_console(able, sys.stdout),
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

    def say(self, line: str | Text) -> None:
        """A line above the bar."""
        text = line if isinstance(line, Text) else Text(clean(line), palette(self._able).faint)
        if self._bar.disable or not self._bar.live.is_started:
            write([text], self._able)
            sys.stdout.flush()
        else:
            self._bar.print(text)

    def yardstick(self) -> None:
        """What the network has to beat, before it begins."""
        guess = self._training.yardstick
        said = _(
            "to beat: held-out loss {loss} (knowing how frequent each label is), {right} right "
            "(always saying {label}); pure chance is {chance}"
        )
        self.say(
            said.format(
                loss=number(guess.loss), right=percent(guess.accuracy),
                label=repr(clean(self._training.labels[guess.most])), chance=percent(guess.chance),
            )
        )  # fmt: skip

    def batch(self, result: EpochResult | None) -> None:
        """After every batch; `result` where an epoch ended."""
        now = self._training.progress
        self._learned += self._training.recipe.batch_size
        if result is not None:
            self._epoch(result)
            self._began, self._learned = monotonic(), 0
        elif monotonic() - self._drawn > REDRAWS and now.counted:
            self._drawn = monotonic()
            said = _("loss {loss}  right {right}  gradient {norm}  {speed}").format(
                loss=number(now.loss / now.sentences),
                right=percent(now.hits / now.counted),
                norm=number(now.norm / now.batch),
                speed=_("{count:,.0f} sentences/s").format(count=self._rate()),
            )
            title = _("epoch {epoch} of {epochs}").format(
                epoch=now.epoch + 1, epochs=self._training.recipe.epochs
            )
            self._bar.update(self._task, completed=now.batch, description=title, said=said)
            self._bar.refresh()

    def _rate(self) -> float:
        return self._learned / max(monotonic() - self._began, 1e-9)

    def _columns(self, columns: Sequence[tuple[str, str]], which: int) -> str:
        """The titles (0) or the values (1), as many from the left as fit on one line."""
        line = ""
        for column in columns:
            more = "  " * bool(line) + column[which].rjust(max(cell_len(column[0]), SHORTEST))
            if cell_len(line + more) > self._able.width:
                break
            line += more
        return line

    def _epoch(self, result: EpochResult) -> None:
        columns = (
            (_("epoch"), f"{result.epoch}"),
            (_("loss"), number(result.loss)),
            (_("right"), percent(result.accuracy)),
            (_("held-out loss"), number(result.held_out_loss)),
            (_("held-out right"), percent(result.held_out_accuracy)),
            (_("gradient"), number(result.norm)),
            (_("sentences/s"), f"{self._rate():,.0f}"),
        )
        if self._header_due:
            self._header_due = False
            self.say(Text(self._columns(columns, 0), palette(self._able).faint))
        self.say(Text(self._columns(columns, 1)))
        if self._sentences:
            model = self._training.model("", {}, best=False)
            for sentence in self._sentences:
                trace = model.trace(sentence)
                self.say(Text("       ").append_text(_answer(trace)))

    def stopped(self, run: Path, order: str) -> None:
        """The last line of a run that did not come to its end: how to go on with it."""
        said = _(
            "stopped in epoch {epoch}; the run is kept in {file}. Go on with: {order} --resume"
        ).format(epoch=self._training.progress.epoch + 1, file=run, order=order)
        self.say(Text(clean(said)))

    def result(self, best: EpochResult, saved: Path, run: Path) -> None:
        """The last lines: how good it became, and what to do with it."""
        guess = self._training.yardstick
        said = _(
            "best after epoch {epoch}: {right} of the held-out answers are right (most frequent "
            "label {frequent}, chance {chance})"
        ).format(
            epoch=best.epoch,
            right=percent(best.held_out_accuracy),
            frequent=percent(guess.accuracy),
            chance=percent(guess.chance),
        )
        self.say(Text(said, "bold"))
        if not guess.is_beaten(best.held_out_loss):
            worse = _(
                "but the held-out loss, {loss}, is worse than a guess: knowing how frequent each "
                "label is gives {guess}"
            )
            mine, theirs = apart(best.held_out_loss, guess.loss)
            said = worse.format(loss=mine, guess=theirs)
            if best.held_out_accuracy > guess.accuracy:
                said += _("; it is too sure where it is wrong")
            else:
                said += _("; it cannot yet tell the labels apart (more epochs, more sentences?)")
            self.say(Text(said, "bold"))
        self.say(_("saved. Look into it:"))
        self._command(f'tracer show "..." --model {shlex.quote(str(saved))}')
        self.say(_("To learn on from here ({file} is kept for that):").format(file=run))
        more = 2 * self._training.recipe.epochs
        self._command(f"tracer train --save {shlex.quote(str(saved))} --resume --epochs {more}")

    def _command(self, typed: str) -> None:
        """A command on a line of its own, to be copied."""
        self.say(Text("  " + clean(typed)))


def _answer(trace: Trace) -> Text:
    """A sentence, and what the network says to it."""
    assert trace.tokens is not None
    assert trace.labels is not None
    words = [clean(word) for word in trace.tokens[0]]
    probs = trace["probs"][:, 0]
    if trace.task == "generate":
        return Text(" ".join(words))
    if trace.task == "classify":
        k = int(probs[-1].argmax())
        return Text(" ".join(words)).append(
            f"  {clean(trace.labels[k])} {percent(float(probs[-1, k]))}", "bold"
        )
    line = Text()
    for word, p in zip(words, probs, strict=True):
        line.append(word).append(f"/{clean(trace.labels[int(p.argmax())])} ", "bold")
    return line
