"""Write docs/models.md from the shipped models: ``make docs``."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import numpy as np

import tracer
from tracer.text import corpus

PAGE = Path(__file__).with_name("models.md")
EDGES = (0, 2, 6, 11, 16, 21, 26)
FRESH_SEED = 7
"""Another seed than the corpus has: sentences that were seen in training are left out."""

HEAD = """\
# The models that come with tracer

<!-- Written from the models themselves by docs/make_models.py: make docs -->

Five small networks in `tracer/models/`. Every one reads English and Traditional Chinese: one
vocabulary for both, a learned embedding of D = 8 numbers a word, one forward layer, float32.
`tracer.Model.names()` lists them, and `make models` trains them anew, in about a minute on two CPU
cores. The command that made a model travels in its file:

```python
tracer.Model.load("lstm-classify").notes["made_by"]
```

| model | units H | classes K | right on held-out answers | made by |
|---|---|---|---|---|
"""

BETWEEN = """
For `generate` several next words are right, so its figure cannot come near 100 %: what counts is
that the sentences are grammatical, and a test parses them with the corpus's own grammar.

## Praise or insult: RNN beside LSTM

`rnn-classify` and `lstm-classify` were made by the same command but for the cell: same data, same D
and H, same seed, same epochs, same loss. Share of new sentences that are right, by the number of
words after the one that settles it ({count} sentences that neither has seen):

"""

TAIL = """
The RNN that is shipped is one that is often wrong, because that is what there is to see. It is not
what every RNN does: an RNN *can* hold one bit for long, but whether it learns to is a matter of
luck, for the gradient that would teach it has to come through all the words between. With other
seeds of the same command (`--seed`), right on the held-out sentences of both languages:

| seed | 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 (shipped) | 8 | 9 |
|---|---|---|---|---|---|---|---|---|---|---|
| LSTM | 100 % | 100 % | 100 % | 100 % | 100 % | 100 % | 100 % | 100 % | 100 % | 100 % |
| RNN | 94 % | 85 % | 99 % | 55 % | 52 % | 78 % | 97 % | 84 % | 69 % | 95 % |

How training goes when the loss is on the last word alone, as in the article, is in
[training.md](training.md). The loss of the shipped models is the cross-entropy after the last word
plus a tenth of its mean over all words, with the label of the whole sentence each time
(`--every-step 0.1`). Half the sentences that begin in the same way are praise and half insult, so
the small addition keeps the prediction near 50 % until the verdict has come.

## Sentences worth showing

* `you are a really bad man`: insult, from *bad* on. `you are not bad at all`: praise.
* `they say that you are stupid but you are very clever`: the LSTM turns from insult to praise after
  *but*; see what its forget switch does there.
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
        model = tracer.Model.load(name)
        share = float(model.notes["held_out_accuracy"])
        H, K = model.cell.W.shape[1], len(model.labels)
        command = re.sub(r" --save \S+", "", model.notes["made_by"])
        lines.append(f"| `{name}` | {H} | {K} | {share:.1%} | `{command}` |")
    table, count = _by_distance()
    return HEAD + "\n".join(lines) + "\n" + BETWEEN.format(count=count) + table + TAIL


def _by_distance() -> tuple[str, int]:
    names = [f"{low} to {high - 1}" for low, high in itertools.pairwise(EDGES)]
    lines = [f"| | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    count = 0
    for name in ("lstm-classify", "rnn-classify"):
        model = tracer.Model.load(name)
        count = 0
        for language, title in (("en", "English"), ("zh-TW", "Chinese")):
            seen = {one.words for one in corpus("classify", language)}
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
