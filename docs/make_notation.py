"""Write docs/notation.md from the one list of quantities: ``make docs``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from tracer.equations import (
    CELLS,
    OF_A_SENTENCE,
    OUTPUT,
    OUTPUT_BACKWARD,
    OUTPUT_PARAMETERS,
    REDUCTION,
    Kind,
    Parameter,
    Quantity,
)
from tracer.equations.updates import UPDATES

PAGE = Path(__file__).with_name("notation.md")

HEAD = """\
# Names

<!-- Written from tracer/equations/ by docs/make_notation.py. Change those files: make docs -->

Code, trace files, screens and exercises use the same name for the same thing.

Sizes: `T` steps (words), `N` sentences in a batch, `D` numbers that describe a word, `H` units,
`K` classes. A quantity with the axes *step, batch, unit* is an array of shape `(T, N, H)`; *input*
stands for an axis of `D` numbers, *class* for one of `K`.

In Python, steps and units are counted from 0: `trace["c"][1, 0, 3]`. On the screen and in the
options of the command line, steps are counted from 1, as in the equations: t = 1 is the first word,
and `h_0` is the state before it.

## Kinds

| kind | range | how to read it |
|---|---|---|
"""

READING = {
    Kind.SWITCH: "a gate: how much passes, from 0 (nothing) to 1 (everything)",
    Kind.INFORMATION: "a signed value: the sign is its direction, the size its strength",
    Kind.MEMORY: "the cell state, carried from step to step",
    Kind.PRE_ACTIVATION: "a weighted sum, before its activation function",
    Kind.SCORE: "a logit: the higher, the more likely its class",
    Kind.PROBABILITY: "those of one step sum to 1",
    Kind.LOSS: "0 means right and certain",
    Kind.GRADIENT: "the slope of the loss: its change per unit of change in the quantity",
}


ELSEWHERE = {
    "lstm": """\

Libraries order the blocks differently (ONNX i, o, f, c; CS231n i, f, o, g), and some transpose U
and W. Blocks in the wrong order raise no error and give wrong numbers:

| library | order of the blocks | U and W | bias |
|---|---|---|---|
| PyTorch | i f g o | as here | two, added |
| Keras | i f c o, where c is our g | transposed | one |
| ONNX | i o f c, where c is our g | as here | two halves of `B`, added |
| CS231n | i f o g | transposed | one |
| haste | i g f o | transposed | one |
| TensorFlow 1 | i j f o, where j is our g | transposed, in one kernel | one; f gets 1 more |

`hard-sigmoid` is z/6 + 1/2, clipped to 0..1 (PyTorch, Keras 3); `hard-sigmoid-0.2` is 0.2 z + 1/2
(Keras 2, and ONNX unless `activation_alpha` sets another slope); `hard` is 1 where z > 0, else 0.
TensorFlow 1 adds its `forget_bias`, 1, at run time, so it is not in the saved weights.
""",
}


def render() -> str:
    """Text of the page."""
    return HEAD + "\n".join([*_kinds(), *_cells(), *_output(), *_updates(), ""])


def _kinds() -> Iterator[str]:
    for kind in Kind:
        low_high = "any number" if kind.range is None else "{:g} to {:g}".format(*kind.range)
        if kind is Kind.INFORMATION:
            low_high += "; the `h` of an RNN as far as its `f` goes, with `relu` 0 or more"
        yield f"| {kind} | {low_high} | {READING[kind]} |"


def _cells() -> Iterator[str]:
    for cell in CELLS.values():
        yield f"\n## {cell.title}\n"
        yield f"State, in this order: {_code(cell.state)}."
        if cell.gates:
            yield f"Blocks of rows in U, W and a, from top to bottom: {_code(cell.gates)}."
        for option, choices in cell.options.items():
            yield f"Option `{option}`: {_code(choices)}; the first is the default."
        yield from _parameters(cell.parameters)
        if cell.name in ELSEWHERE:
            yield ELSEWHERE[cell.name].rstrip()
        yield from _quantities(cell)
        yield "\nBackward, from the last step to the first; `q_next` is `q` of the step after:"
        yield from _quantities(cell.backward)


def _output() -> Iterator[str]:
    yield "\n## Output\n"
    yield "The same for every cell, computed from the `h` of the last layer."
    yield f"Losses of many steps and sentences become one number: {REDUCTION}."
    yield from _parameters(OUTPUT_PARAMETERS)
    yield from _quantities(OUTPUT)
    yield "\nBackward, before everything else:"
    yield from _quantities(OUTPUT_BACKWARD)
    yield "\nWhere a whole sentence gets one answer, T stands for the step of its last word. These"
    yield "are not recorded; a function of the exercises may take and return them:"
    yield from _quantities(OF_A_SENTENCE)


def _updates() -> Iterator[str]:
    yield "\n## Updates\n"
    yield "What one update makes of the gradients and the weights. `w` is any array of weights, `d`"
    yield "its gradient; `row` and `column` are the axes of the array, and a bias has only rows."
    for update in UPDATES.values():
        title = update.title[0].upper() + update.title[1:]
        yield f"\n### {title}\n"
        yield f"{update.source}."
        yield "\n| name | symbol | equation | axes | is |"
        yield "|---|---|---|---|---|"
        for q in (*update.given, *update.quantities):
            equation = f"`{q.equation}`" if q.equation else "given"
            axes = ", ".join(q.dims) or "a number"
            yield f"| `{q.name}` | {q.symbol} | {equation} | {axes} | {q.meaning} |"


def _parameters(parameters: Iterable[Parameter]) -> Iterator[str]:
    yield ""
    yield "| parameter | shape | is | gradient, added up over steps and sentences | elsewhere |"
    yield "|---|---|---|---|---|"
    for parameter in parameters:
        shape = "(" + ", ".join(parameter.shape) + ("," if len(parameter.shape) == 1 else "") + ")"
        gradient = _code(map(str, parameter.gradient))
        cells = (f"`{parameter.name}`", shape, parameter.meaning, gradient, parameter.elsewhere)
        yield f"| {' | '.join(cells)} |"


def _quantities(quantities: Iterable[Quantity]) -> Iterator[str]:
    yield "\n| name | symbol | equation | axes | kind | kept at level | is |"
    yield "|---|---|---|---|---|---|---|"
    for q in quantities:
        equation = f"`{q.equation}`" if q.equation else "given"
        level = q.level or "rebuilt"
        cells = (f"`{q.name}`", q.symbol, equation, ", ".join(q.dims), q.kind, level, q.meaning)
        yield f"| {' | '.join(cells)} |"


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
