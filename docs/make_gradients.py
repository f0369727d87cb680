"""Write docs/gradients.md and its picture by measuring the shipped models: ``make docs``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

import tracer
from tracer.data.corpus import corpus
from tracer.model.gradientflow import gradient_flow
from tracer.model.untrained import untrained
from tracer.text.labelled import Labelled
from tracer.view.export.to_svg import to_svg
from tracer.view.say.numbers import size, times
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.gradients import gradients

PAGE = Path(__file__).with_name("gradients.md")
PICTURE = Path(__file__).with_name("gradients.svg")
SENTENCE = (
    "you are not a good teacher while the new man does not drink milk said my tall cook "
    "and the quiet neighbour knows it"
)
NOTE = "random weights: uniform, forget bias 1, seed 0"
COUNT = 200
NEAR, FAR = 15, 25
MODELS = ("rnn-classify", "lstm-classify")
SHARES = (0.1, 0.5, 0.9)

HEAD = """\
# Vanishing gradients, to be looked at

<!-- Measured by docs/make_gradients.py. Change that file, or train other models: make docs -->

To learn from a word at the beginning of a sentence, a network must feel at that word what went
wrong at the end. What it feels is the gradient ∂L/∂h_t: how the loss would change if the state
after word t were a little different. It is computed from the last word back to the first, and
every step back multiplies it by a matrix. If most of these products make it smaller, it shrinks
like 0.5 · 0.5 · 0.5 …: after twenty words nothing is left, and the weights learn nothing about
the first ones. That is the vanishing gradient. If the products make it larger, it explodes.

An LSTM has a second way back, along the memory c. There a step multiplies by the forget gate
alone: no weights, no squeezing. While that switch is near 1, the gradient passes almost
unchanged.

```
tracer gradients "{sentence}" --untrained
```

![Bars, one line a word: the RNN's shrink much faster than the LSTM's](gradients.svg)

## How to read it

Each line is a word. The bar is the size of ∂L/∂h_t as a share of that at the last word, on a
logarithmic scale: the same distance is the same factor everywhere. A straight slope is therefore
a gradient that loses the same share at every word.

The second table says why.

- **step** (RNN): the largest singular value of ∂h_t/∂h_(t-1) = diag(f'(z_t)) W, the most by which
  this step can multiply a gradient. The first word has none, for no word is before it.
- **bound**: those of all later steps multiplied. If it is far below 1, the gradient *must*
  vanish. If it is above 1, it *may* explode, no more: it takes for granted that every step does
  its worst in the same direction.
- **reach**: the largest singular value of ∂h_T/∂h_t, the product of the matrices themselves. This
  is what the steps really do together; no gradient at word t is larger than reach times the last
  one.
- **f**, **kept** (LSTM): the forget gate at this word, and those of all later words multiplied;
  each a mean over the units. kept is the share that comes back along the memory alone.
- **‖d_c‖**: the size of ∂L/∂c_t, again as a share of that at the last word.

`tracer show "…" --what backward` walks through the same sentence number by number: every
gradient, split by where it comes from. `--unit 3` writes the arithmetic.

## Figures

{count} sentences of the [built-in corpus](corpus.md) in which the word that settles the class
stands {near} to {far} words before the end. ‖∂L/∂h_t‖ at the first word as a share of that at the
last: a tenth of the sentences has less than the first figure, half of them less than the second,
nine tenths less than the third.

| | 10 % | median | 90 % |
|---|---|---|---|
"""

TAIL = """\

*LSTM ÷ RNN* is the quotient for each sentence. The untrained networks have the sizes of the
shipped ones and weights from `--initial uniform --forget-bias 1`, with another seed for each
sentence.

Before training the difference is of orders of magnitude, and that is when it counts: the first
updates decide whether a network ever hears of the far words. The forget bias does most of it.
With `--forget-bias 0` every switch starts half open, and the LSTM's gradient vanishes too; with
`--initial orthogonal` an RNN begins with steps that do not shrink h, and vanishes later.

After training look again. Between the shipped networks the difference is of orders of magnitude
still, at most sentences. At some it is the other way round, and other seeds of the same command
can give networks that differ less. So do not take every small gradient for a fault: a network that
has made up its mind keeps its answer whatever small change one makes to an early state, and to hold
one bit safely *is* to have a small gradient (Bengio, Simard and Frasconi, 1994). Before training a
small gradient says that the word cannot be learned from; after training it may only say that the
matter is settled.

With two classes the choice of `--target` changes the size of all gradients by the same factor, so
the bars stay as they are.
"""


def sentences() -> list[Labelled]:
    """Long sentences that are settled early."""
    drawn = corpus("classify")
    far = [one for one in drawn if one.distance is not None and NEAR <= one.distance <= FAR]
    return far[:COUNT]


def figures() -> Iterator[str]:
    """The lines of the table."""
    networks = [tracer.Model.shipped(name) for name in MODELS]
    for title, fresh in (("untrained", True), ("trained", False)):
        shares = np.array([
            [
                gradient_flow(
                    untrained(network, seed=seed) if fresh else network, " ".join(sentence.words)
                ).share[0]
                for network in networks
            ]
            for seed, sentence in enumerate(sentences())
        ])  # fmt: skip
        for name, column in zip(MODELS, shares.T, strict=True):
            cells = " | ".join(size(float(np.quantile(column, share))) for share in SHARES)
            yield f"| {title} {name} | {cells} |"
        ratio = shares[:, 1] / shares[:, 0]
        cells = " | ".join(times(float(np.quantile(ratio, share))) for share in SHARES)
        yield f"| {title}, LSTM ÷ RNN | {cells} |"


def picture() -> str:
    """The picture on the page."""
    flows = [gradient_flow(untrained(tracer.Model.shipped(name)), SENTENCE) for name in MODELS]
    able = Abilities(width=100, colours="truecolor")
    title = f'tracer gradients "{SENTENCE[:40]}…" --untrained'
    return to_svg(gradients(flows, able, NOTE), able, title)


def page() -> str:
    """Text of docs/gradients.md."""
    head = HEAD.format(sentence=SENTENCE, count=COUNT, near=NEAR, far=FAR)
    return head + "".join(f"{line}\n" for line in figures()) + TAIL


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
