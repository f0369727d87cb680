"""The screens that are kept as files beside the tests, and the command that draws them again.

After a change that is meant, run ``python -m tests.view.screens`` and read the difference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from rich.text import Text

from tests.view.traces import (
    WORDS,
    backward_trace,
    lstm_cell,
    made_model,
    made_trace,
    rnn_cell,
)
from tracer.model.gradientflow import gradient_flow
from tracer.trace.compare import compare
from tracer.trace.trace import Trace
from tracer.view.parts.wish import Wish
from tracer.view.say.sentence import Sentence
from tracer.view.terminal.backward import backward_picture
from tracer.view.terminal.console import Abilities, ascii_line
from tracer.view.terminal.divergence import divergence
from tracer.view.terminal.gradients import gradients
from tracer.view.terminal.picture import picture

FOLDER = Path(__file__).parent / "screens"

CHINESE = ("你", "是", "一個", "非常", "美麗", "的", "人")


def _drawn(trace: Trace, wish: Wish, able: Abilities) -> str:
    draw = backward_picture if wish.what == "backward" else picture
    return _text(draw(Sentence(trace), wish, able), able)


def _text(lines: list[Text], able: Abilities) -> str:
    return "".join(f"{(line if able.unicode else ascii_line(line)).plain}\n" for line in lines)


def _lstm(width: int, wish: Wish | None = None, *, unicode: bool = True) -> str:
    trace = made_trace(lstm_cell(), unknown=frozenset({3}))
    return _drawn(trace, wish or Wish(), Abilities(width=width, unicode=unicode))


def _backward(width: int, *, unicode: bool = True, unit: int | None = None) -> str:
    wish = Wish(what="backward", unit=unit, steps=None if unit is None else (5, 6))
    return _drawn(backward_trace(lstm_cell()), wish, Abilities(width=width, unicode=unicode))


def _gradients(width: int, words: tuple[str, ...] = WORDS, *, unicode: bool = True) -> str:
    able = Abilities(width=width, unicode=unicode)
    models = [made_model(cell, words, name=f"an-{cell.equations.name}") for cell in (
        rnn_cell(scale=0.3), lstm_cell()
    )]  # fmt: skip
    return _text(gradients([gradient_flow(model, " ".join(words)) for model in models], able), able)


def _diff(width: int, *, unicode: bool = True) -> str:
    model = made_model(lstm_cell(), (*WORDS, "not"))
    a, b = model.trace("you are not really bad man"), model.trace(" ".join(WORDS))
    able = Abilities(width=width, unicode=unicode)
    names = ["mine.safetensors", "yours.safetensors"]
    return _text(divergence([a, b], names, compare(a, b), able), able)


def _diff_of_weights(width: int) -> str:
    a, b = made_trace(lstm_cell(seed=2)), made_trace(lstm_cell())
    names = ["mine.safetensors", "yours.safetensors"]
    return _text(divergence([a, b], names, compare(a, b), Abilities(width=width)), Abilities())


SCREENS: Mapping[str, Callable[[], str]] = {
    "lstm-60": lambda: _lstm(60),
    "lstm-80": lambda: _lstm(80),
    "lstm-140": lambda: _lstm(140),
    "lstm-200": lambda: _lstm(200),
    "lstm-80-ascii": lambda: _lstm(80, unicode=False),
    "lstm-80-unit-3": lambda: _lstm(80, Wish(steps=(2, 3), unit=3)),
    "lstm-80-output": lambda: _lstm(80, Wish(what="output")),
    "rnn-80": lambda: _drawn(made_trace(rnn_cell()), Wish(), Abilities(width=80)),
    "rnn-80-unit-0": lambda: _drawn(
        made_trace(rnn_cell()), Wish(steps=(5, 5), unit=0), Abilities(width=80)
    ),
    "backward-60": lambda: _backward(60),
    "backward-80": lambda: _backward(80),
    "backward-140": lambda: _backward(140),
    "backward-80-ascii": lambda: _backward(80, unicode=False),
    "backward-80-unit-3": lambda: _backward(80, unit=3),
    "backward-rnn-80": lambda: _drawn(
        backward_trace(rnn_cell(), target="insult"), Wish(what="backward"), Abilities(width=80)
    ),
    "backward-rnn-80-unit-0": lambda: _drawn(
        backward_trace(rnn_cell()), Wish(what="backward", unit=0, steps=(5, 6)), Abilities(width=80)
    ),
    "diff-60": lambda: _diff(60),
    "diff-80": lambda: _diff(80),
    "diff-140": lambda: _diff(140),
    "diff-60-ascii": lambda: _diff(60, unicode=False),
    "diff-weights-80": lambda: _diff_of_weights(80),
    "gradients-60": lambda: _gradients(60),
    "gradients-80": lambda: _gradients(80),
    "gradients-140": lambda: _gradients(140),
    "gradients-80-ascii": lambda: _gradients(80, unicode=False),
    "gradients-chinese-80": lambda: _gradients(80, CHINESE),
    "gradients-long-80": lambda: _gradients(80, tuple(f"word{n}" for n in range(300))),
    "chinese-80": lambda: _drawn(
        made_trace(lstm_cell(), CHINESE), Wish(what="states"), Abilities(width=80)
    ),
    "many-units-80": lambda: _drawn(
        made_trace(lstm_cell(H=512)), Wish(steps=(1, 2)), Abilities(width=80)
    ),
    "long-sentence-80": lambda: _drawn(
        made_trace(rnn_cell(), tuple(f"word{n}" for n in range(1000))), Wish(), Abilities(width=80)
    ),
}


def main() -> None:
    """Draw every screen again."""
    FOLDER.mkdir(exist_ok=True)
    for name, draw in SCREENS.items():
        (FOLDER / f"{name}.txt").write_text(draw(), encoding="utf-8")


if __name__ == "__main__":
    main()
