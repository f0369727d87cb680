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
# Vanishing gradients

<!-- Measured by docs/make_gradients.py. Change that file, or train other models: make docs -->

To learn from a word at the beginning of a sentence, the loss at the end must reach that word. What
reaches it is the gradient ∂L/∂h_t: how the loss would change if the hidden state after word t were
slightly different. Backpropagation computes it from the last word to the first, and each step
multiplies it by a matrix. If these factors mostly shrink it, it decays like 0.5 · 0.5 · 0.5 …:
after twenty words nothing is left, and the weights learn nothing from the first words. That is the
vanishing gradient. If the factors mostly enlarge it, it explodes.

An LSTM has a second path back, along the memory c. There each step multiplies by the forget gate
only: no weight matrix, no squashing function. While the forget gate is near 1, the gradient passes
almost unchanged.

```
tracer gradients "{sentence}" --untrained
```

![Bars, one line a word: the RNN's shrink much faster than the LSTM's](gradients.svg)

## How to read it

Each line is a word. The bar is the norm of ∂L/∂h_t relative to the last word, on a logarithmic
scale: equal distances are equal factors. A straight slope means that the gradient shrinks by the
same factor at every word.

The second table shows why.

- **step** (RNN): the largest singular value of ∂h_t/∂h_(t-1) = diag(f'(z_t)) W, the most by which
  this step can multiply a gradient. The first word has none: there is no step before it.
- **bound**: the product of step over all later words, an upper bound. Far below 1, the gradient
  *must* vanish. Above 1, it *may* explode; it would need every step to stretch the same direction.
- **reach**: the largest singular value of ∂h_T/∂h_t, the product of the matrices themselves: what
  the steps really do together. No gradient at word t is larger than reach times the last one.
- **f**, **kept** (LSTM): the forget gate at this word, and the product of the forget gates of all
  later words; each a mean over the units. kept is the share that comes back along the memory alone.
- **‖d_c‖**: the norm of ∂L/∂c_t, again relative to the last word.

`tracer show "…" --what backward` goes through the same sentence number by number: every gradient,
split by where it comes from. `--unit 3` shows the arithmetic of one unit.

## Figures

{count} sentences of the [built-in corpus](corpus.md) in which the word that decides the class
stands {near} to {far} words before the end. ‖∂L/∂h_t‖ at the first word relative to the last, as
quantiles over the sentences.

| | 10 % | median | 90 % |
|---|---|---|---|
"""

TAIL = """\

*LSTM ÷ RNN* is the ratio for each sentence. The untrained networks have the sizes of the shipped
ones and weights from `--initial uniform --forget-bias 1`, with a different seed for each sentence.

Before training the two differ by orders of magnitude, and that is when it matters: the first
updates decide whether a network ever learns from distant words. Most of the difference is the
forget bias. With `--forget-bias 0` every forget gate starts half open, and the LSTM's gradient
vanishes too; with `--initial orthogonal` an RNN starts with steps that do not shrink h, and its
gradient vanishes later.

After training, the shipped networks still differ by orders of magnitude for most sentences. For
some the RNN has the larger gradient, and other seeds of the same command can give networks that
differ less. A small gradient is not always a problem: a network that has decided keeps its answer
under small changes of an early state, and storing one bit robustly *implies* a small gradient
(Bengio, Simard and Frasconi, 1994). Before training, a small gradient means that nothing can be
learned from the word; after training it may only mean that the answer is decided.

With two classes `--target` scales all gradients by the same factor, so the bars do not change.
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
