"""Which sentences are taken and which are held out: by chance, but always the same ones."""

from __future__ import annotations

import os
import subprocess
import sys
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.data.corpus import corpus
from tracer.data.sampling import sample, split
from tracer.errors import InputError
from tracer.text.labelled import Labelled

SENTENCES = st.lists(
    st.tuples(
        st.lists(st.sampled_from(["a", "A", "ab", "b", "好"]), min_size=1, max_size=3).map(tuple),
        st.sampled_from([("praise",), ("insult",)]),
    ).map(lambda pair: Labelled(*pair)),
    min_size=2,
    max_size=40,
).filter(lambda some: len({one.letters for one in some}) > 1)


@given(SENTENCES, st.floats(0.01, 0.99), st.integers(0, 3))
def test_no_sentence_is_on_both_sides(
    sentences: list[Labelled], held_out: float, seed: int
) -> None:
    """Sentences that repeat each other stay together; none is lost; both sides have some."""
    training, validation, _ = split(sentences, held_out, seed)

    assert {one.letters for one in training} & {one.letters for one in validation} == set()
    assert sorted((*training, *validation)) == sorted(sentences)
    assert training
    assert validation


@given(SENTENCES, st.randoms(use_true_random=False))
def test_order_does_not_matter(sentences: list[Labelled], random: Random) -> None:
    """The same sentences are held out, in whichever order they come."""
    mixed = list(sentences)
    random.shuffle(mixed)

    assert sorted(split(mixed).validation) == sorted(split(sentences).validation)


def test_share() -> None:
    """A tenth is a tenth, and the log says so."""
    training, validation, report = split(corpus(count=1000), held_out=0.1)

    assert (len(training), len(validation)) == (900, 100)
    assert report == ("900 sentences for training, 100 held out; no sentence is in both",)


def test_seed_draws_others() -> None:
    """Another seed, other sentences; the sample has nothing to do with the split."""
    sentences = corpus(count=1000)

    drawn = sample(sentences, 100, seed=1)

    assert set(drawn) != set(sample(sentences, 100, seed=2))
    assert len(set(drawn) & set(split(sentences, 0.1, seed=1).validation)) < 30


def test_small_sample_begins_a_large_one() -> None:
    """Ten sentences are the first ten of a hundred."""
    sentences = corpus(count=200)

    assert sample(sentences, 10) == sample(sentences, 100)[:10]
    assert sorted(sample(sentences, 999)) == sorted(sentences)


def test_same_in_every_process() -> None:
    """Python's own hashes differ from process to process; what is drawn does not."""
    code = (
        "from tracer.data.corpus import corpus\n"
        "from tracer.data.sampling import sample, split\n"
        "from tracer.text.pieces import vocabulary_of\n"
        "sentences = corpus(count=200)\n"
        "print(sample(sentences, 20), split(sentences), vocabulary_of(sentences, most=50))"
    )

    def said(seed: str) -> bytes:
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        return subprocess.run(
            [sys.executable, "-c", code], env=environment, check=True, stdout=subprocess.PIPE
        ).stdout

    assert said("1") == said("2")


@pytest.mark.parametrize("held_out", [0, 1, -0.5, float("nan"), 10])
def test_share_that_is_none(held_out: float) -> None:
    """A share is between 0 and 1; 10 is not 10 %."""
    with pytest.raises(InputError, match="expected a share above 0 and below 1"):
        split(corpus(count=10), held_out)


def test_one_sentence_cannot_be_split() -> None:
    """The same sentence twice is one sentence."""
    twice = [Labelled(("kind",), ("praise",)), Labelled(("Kind",), ("insult",))]

    with pytest.raises(InputError, match=r"1 different sentence\(s\); expected 2 or more"):
        split(twice)


def test_empty_sample() -> None:
    """A sample has a sentence at least."""
    with pytest.raises(InputError, match="count is 0; expected 1 or more"):
        sample(corpus(count=10), 0)
