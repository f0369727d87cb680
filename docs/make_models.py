"""Write docs/models.md from the shipped models: ``make docs``."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import tracer
from docs.bayes import ideal_reader, next_words, probabilities, probabilities_of_being_there
from tracer.data.corpus import FARTHEST, corpus
from tracer.data.grammar import grammar
from tracer.data.load import built_in
from tracer.text.labelled import Labelled

PAGE = Path(__file__).with_name("models.md")
EDGES = (0, 2, 6, 11, 16, 21, 26)
LANGUAGES = ("en", "zh-TW")
FRESH_SEED = 7
"""Another seed than the corpus has: sentences that were seen in training are left out."""

HEAD = """\
# The models that come with tracer

<!-- Written from the models themselves by docs/make_models.py: make docs -->

Five small networks in `tracer/model/shipped/`. Every one reads English and Traditional Chinese: one
vocabulary for both, a learned embedding of D = 8 numbers per word, one forward layer, float32.
`tracer.Model.names()` lists them, and `make models` retrains them in about a minute on two CPU
cores. Each file contains the command that made it:

```python
tracer.Model.shipped("lstm-classify").notes["made_by"]
```

| model | units H | classes K | accuracy | best possible | cross-entropy | best possible | made by |
|---|---|---|---|---|---|---|---|
"""

BETWEEN = """
*Accuracy* and *cross-entropy* (the mean over the answers, natural log) are measured on held-out
sentences. *Best possible* is what a reader reaches who knows the grammar that the sentences are
drawn from: all its rules, words and weights.

After *you are very* eight adjectives are about equally likely, and nobody can know which one comes.
So the best possible accuracy for `generate` is {generate_best:.1%}, not 100 %, and
`lstm-generate` is near it. A part of speech is always determined at its word, and praise or insult
after the last word: there the limit is 100 %, with a cross-entropy of 0.

[bayes.py](bayes.py) computes the limits from the rules, without drawing or training.
Its reader knows that no two sentences are equal; it does not know which ones the network was
trained on. (The corpus has 10,000 of about 20,000 possible sentences of each language. Whoever
knew all 18,000 training sentences by heart could rule them out, and would be right in
{by_heart:.1%}: that is memorising, not knowing the language.)

The sentences that `lstm-generate` generates are grammatical: a test parses them with the same
grammar.

## Praise or insult: RNN beside LSTM

`rnn-classify` and `lstm-classify` were made by the same command except for the cell: same data,
same D and H, same seed, same epochs, same loss. They were trained only on sentences in which at
most {farthest} words follow the deciding word; so are the held-out sentences of the table above.
Then they were tested at every distance. Accuracy by the number of words after the deciding one
({count} sentences that neither has seen):

"""

TAIL = """
At short distances both are right. The farther back the deciding word, the more often the RNN has
forgotten it; the LSTM still remembers. Not every RNN forgets: trained on long distances too, most
learn to remember. [training.md](training.md) has a picture, the figures of five seeds, and what
happens when the loss is on the last word alone, as in the article.

How far the RNN remembers depends on the seed. With other seeds of the same command (`--seed`), the
accuracy on English sentences in which 15 to 25 words follow, measured by
`python benchmarks/distance.py`:

| seed | 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 (shipped) | 8 | 9 |
|---|---|---|---|---|---|---|---|---|---|---|
| LSTM, % | 99.8 | 98.8 | 100.0 | 99.8 | 99.8 | 99.9 | 99.6 | 100.0 | 99.9 | 99.8 |
| RNN, % | 78.4 | 79.0 | 84.6 | 78.8 | 92.4 | 77.2 | 98.7 | 82.2 | 90.9 | 89.4 |

Seed 7 was chosen among them: its LSTM is right everywhere, its RNN is near the median of the ten,
and the gradient of distant words is as small as [gradients.md](gradients.md) says.

The loss of these two models is the cross-entropy after the last word plus a tenth of its mean over
all words, each with the label of the whole sentence (`--every-step 0.1`). Of the sentences with the
same beginning half are praise and half insult, so this small term keeps the prediction near 50 %
until the deciding word.

## Sentences worth showing

* `you are a really bad man`: insult, from *bad* on. `you are not bad at all`: praise.
* `they say that you are stupid but you are very clever`: the LSTM flips from insult to praise after
  *but*; look at its forget gate there.
* `you are a really bad man said my neighbour from the park when i see you at the market`: a long
  way from *bad* to the end.
* `你真是個壞人` insult, `你很漂亮` praise, `一點也不壞` praise, `大家都說你笨但是你很聰明` praise.
* tag: `water is hot`, `i water the flowers`, `you are like a dog`, `we want to run to the market`,
  `他畫一張畫`.
* generate: `you`, `the`, `water`, `你`, `我們`.
"""


def render() -> str:
    """Text of the page."""
    lines = []
    for name in tracer.Model.names():
        model = tracer.Model.shipped(name)
        H, K = model.cell.W.shape[1], len(model.labels)
        command = re.sub(r" --save \S+", "", model.notes["made_by"])
        right, loss, best, least = _held_out(model)
        lines.append(
            f"| `{name}` | {H} | {K} | {right:.1%} | {best:.1%} | {loss:.3f} | {least:.3f} "
            f"| `{command}` |"
        )
        if model.task == "generate":
            generate_best = best
    table, count = _by_distance()
    between = BETWEEN.format(
        count=count,
        generate_best=generate_best,
        by_heart=_by_heart(),
        farthest=_setting(tracer.Model.shipped("lstm-classify"), "farthest", FARTHEST),
    )
    return HEAD + "\n".join(lines) + "\n" + between + table + TAIL


def _setting(model: tracer.Model, name: str, default: int) -> int:
    """What the command that made a model said for an option."""
    found = re.search(rf"--{name} (\d+)", model.notes["made_by"])
    return int(found[1]) if found else default


def _split(model: tracer.Model) -> dict[str, tuple[list[Labelled], list[Labelled]]]:
    """The sentences that a model learned from, and those held out, by language."""
    seed, farthest = _setting(model, "seed", 0), _setting(model, "farthest", FARTHEST)
    data = built_in(model.task, LANGUAGES, 0.1, seed, farthest)
    return {
        name: (
            [one for one in data.learn if one.words[0].isascii() == (name == "en")],
            [one for one in data.held_out if one.words[0].isascii() == (name == "en")],
        )
        for name in LANGUAGES
    }


def _held_out(model: tracer.Model) -> tuple[float, float, float, float]:
    """Share of right answers and cross-entropy: the model's, then those of the ideal reader."""
    right, best, loss, least = [], [], [], []
    for language, (_learned, held_out) in _split(model).items():
        reader = ideal_reader(model.task, language)
        trace = model.trace([" ".join(one.words) for one in held_out], level="states")
        probs = trace["probs"]
        for n, sentence in enumerate(held_out):
            first = len(sentence.words) - len(sentence.labels)  # classify: the last word's alone
            for t, (label, ideal) in enumerate(
                zip(sentence.labels, reader(sentence.words), strict=True), first
            ):
                if not ideal:  # one of the article's own sentences, which no rule can draw
                    continue
                k = model.labels.index(label)
                right.append(probs[t, n].argmax() == k)
                loss.append(-math.log(probs[t, n, k]))
                best.append(max(ideal, key=ideal.__getitem__) == label)
                least.append(-math.log(ideal[label]))
    return _mean(right), _mean(loss), _mean(best), abs(_mean(least))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _by_heart() -> float:
    """How often the next word is right for one who also knows every sentence learned from."""
    right = []
    for language, (learned, held_out) in _split(tracer.Model.shipped("lstm-generate")).items():
        rules = grammar(language)
        examples = {tuple(word.text for word in words) for _, words in rules.examples["generate"]}
        drawing = probabilities(rules, "generate")
        there = probabilities_of_being_there(drawing, 10_000, examples)
        seen = {one.words for one in learned}
        left = {
            words: 0.1 * p / (1 - 0.9 * p) for words, p in there.items() if words not in seen
        }  # held out, given that it is not among those learned from
        reader = next_words(left)
        for one in held_out:
            for label, ideal in zip(one.labels, reader(one.words), strict=True):
                right.append(max(ideal, key=ideal.__getitem__) == label)
    return _mean(right)


def _by_distance() -> tuple[str, int]:
    names = [f"{low} to {high - 1}" for low, high in itertools.pairwise(EDGES)]
    lines = [f"| | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    count = 0
    for name in ("lstm-classify", "rnn-classify"):
        model = tracer.Model.shipped(name)
        count = 0
        for language, title in (("en", "English"), ("zh-TW", "Chinese")):
            farthest = _setting(model, "farthest", FARTHEST)
            seen = {one.words for one in corpus("classify", language, farthest=farthest)}
            fresh = corpus("classify", language, 4000, seed=FRESH_SEED)
            new = [one for one in fresh if one.words not in seen]
            count += len(new)
            space = " " if language == "en" else ""
            trace = model.trace([space.join(one.words) for one in new], level="states")
            last = trace["probs"][trace.lengths - 1, np.arange(len(new))].argmax(axis=-1)
            right = last == [model.labels.index(one.labels[0]) for one in new]
            distance = np.array([one.distance for one in new])
            shares = [
                f"{right[(low <= distance) & (distance < high)].mean():.0%}"
                for low, high in itertools.pairwise(EDGES)
            ]
            lines.append(f"| {model.cell.equations.title}, {title} | {' | '.join(shares)} |")
    return "\n".join(lines) + "\n", count


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
