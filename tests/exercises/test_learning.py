"""An exercise whose answer learns: the sentences, and what is said of weights that fail."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.exercises.test_drawing import exercise
from tracer.errors import FileError
from tracer.exercises.cases import draw
from tracer.exercises.discovery import home
from tracer.exercises.reading import read
from tracer.exercises.submission import Submission
from tracer.grading.report import Verdict
from tracer.grading.session import grade
from tracer.view.export.report_json import as_record

TRAIN = 'signature = "train(x, label, mask, U, W, a, V, b) -> U, W, a, V, b"\nover = "sequence"'
SIZES = "sizes = { T = 12, N = 60, D = 8, H = 10, K = 4 }"
SOLUTIONS = Path(__file__).parents[2] / "solutions" / "44_train_tagger"


def test_other_sentences_of_the_same_words() -> None:
    """The words have the same codes, the sentences are others; weights come in small.

    In the padding stand the same words, each with a class that it cannot have in a sentence unless
    it can be two things.
    """
    tried = exercise(TRAIN, f"{SIZES}\naccuracy = 0.9", 'equations = "rnn"')
    case = draw(tried, tried.checks[0], 3)
    (given,), (held,) = case.rounds, case.held_back

    codes = [{tuple(word) for word in one["x"][one["mask"]]} for one in (given, held)]

    assert codes[0] == codes[1]
    assert len(codes[0]) == 10
    assert held["x"].shape == (12, 200, 8)
    assert given["mask"].sum(axis=0).min() == 3
    assert np.abs(given["W"]).std() < 0.3
    classes: dict[tuple[float, ...], set[int]] = {word: set() for word in codes[0]}
    for word, label in zip(given["x"][given["mask"]], given["label"][given["mask"]], strict=True):
        classes[tuple(word)].add(label)
    behind = zip(given["x"][~given["mask"]], given["label"][~given["mask"]], strict=True)
    assert not any(classes[tuple(word)] == {label} for word, label in behind)


@pytest.mark.parametrize(
    ("function", "check", "why"),
    [
        (TRAIN, SIZES, "what was learned; expected accuracy, too"),
        (TRAIN, SIZES.replace("D = 8", "D = 7") + "\naccuracy = 0.9", "expected D = 8 in sizes"),
        (TRAIN, SIZES.replace("T = 12", "T = 4") + "\naccuracy = 0.9", "expected T of 5 or more"),
        (TRAIN.replace("-> U, W, a, V, b", "-> h"), f"{SIZES}\naccuracy = 0.9",
         "accuracy speaks of weights that are learned"),
    ],
)  # fmt: skip
def test_what_cannot_be_learned(function: str, check: str, why: str) -> None:
    """The error says what is missing."""
    with pytest.raises(FileError, match=why):
        exercise(function, check, 'equations = "rnn"')


@pytest.mark.parametrize(
    ("mistake", "says"),
    [
        ("padding_counts", "The padding was learned as well. Its labels mean nothing"),
        ("begins_anew_each_word", "With the state of the word before, the mean loss of a word"),
        ("weights_never_assigned", "They are the ones that it was given: nothing was learned."),
    ],
)
def test_what_was_learned_instead(mistake: str, says: str) -> None:
    """What the sentences to learn from show, under any seed."""
    source = (SOLUTIONS / "mistakes" / f"{mistake}.py").read_bytes()
    report = grade(read(home() / "44_train_tagger"), Submission("train.py", source), seed=1)
    failing = next(c for c in as_record(report)["checks"] if c["verdict"] == "wrong")

    assert failing["trouble"]["said"][1].startswith(says)


def test_weights_that_left_the_numbers() -> None:
    """Steps that are too large and steps of the wrong sign end alike; both are named."""
    source = (SOLUTIONS / "train_tagger.py").read_bytes()
    too_large = source.replace(b"RATE = 120, 0.03", b"RATE = 120, 1e308")
    report = grade(read(home() / "44_train_tagger"), Submission("train.py", too_large), seed=1)
    failing = next(c for c in as_record(report)["checks"] if c["verdict"] == "wrong")

    assert "NaN or infinity. Steps that are too large" in failing["trouble"]["said"][1]
    assert "along the gradient of the loss" in failing["trouble"]["said"][1]


@pytest.mark.parametrize("seed", [83, 89])
def test_a_right_answer_learns_enough(seed: int) -> None:
    """Each word is met often enough: with these, too few of those held back were once right."""
    source = (SOLUTIONS / "train_tagger.py").read_bytes()
    report = grade(read(home() / "44_train_tagger"), Submission("train.py", source), seed=seed)

    assert report.verdict is Verdict.PASSED
