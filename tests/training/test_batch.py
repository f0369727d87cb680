"""What one batch of sentences teaches: its layout and its gradients."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.jit import outputs
from tests.training.runs import STILL, begin, finish, small
from tracer.equations import CELLS
from tracer.text.labelled import Labelled
from tracer.text.vocabulary import Vocabulary
from tracer.training.batches import number

CHOICES = [
    ("classify", cell, activation, window)
    for cell in CELLS
    for activation in next(iter(CELLS[cell].options.values()))
    for window in (0, 3)
] + [(task, cell, "", 0) for task in ("tag", "generate") for cell in CELLS]


@pytest.mark.parametrize("count", [1, 7, 21])  # one sentence, part of a tile, several tiles
@pytest.mark.parametrize(("task", "cell", "activation", "window"), CHOICES)
def test_a_batch_gives_the_gradients_of_the_model(
    task: str, cell: str, activation: str, window: int, count: int
) -> None:
    """The compiled batch against `Model.trace(..., backward=True)`, which the textbook proves."""
    data = small(task, count=count)
    training = begin(
        data, task=task, cell=cell, activation=activation, window=window, dtype="float64",
        units=11, batch_size=count, optimiser=STILL, epochs=1, word_dropout=0.0,
    )  # fmt: skip
    model = training.model("untrained", {}, best=False)
    next(training.run())
    (result,) = training.progress.history

    sentences = [" ".join(one.words) for one in data.learn]
    if task == "generate":  # a trace of one goes on by itself; its loss is that of tagging
        model = replace(model, task="tag")
    targets = [one.labels[0] if task == "classify" else one.labels for one in data.learn]
    trace = model.trace(sentences, target=targets, backward=True, window=window or None)

    assert result.loss == pytest.approx(float(trace["loss"].sum() / count))
    for name in ("U", "W", "a", "V", "b"):
        np.testing.assert_allclose(
            training.gradients[name], trace[f"d_{name}"], rtol=1e-9, atol=1e-12
        )
    ids = [model.encoder.ids(one.words) for one in data.learn]
    d_E = np.zeros_like(model.encoder.table)
    for n, words in enumerate(ids):
        np.add.at(d_E, words, trace["d_x"][: len(words), n])
    np.testing.assert_allclose(training.gradients["E"], d_E, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_nothing_of_one_batch_is_left_for_the_next(cell: str) -> None:
    """The room where the loops work may hold anything: the weights are the same to the bit."""
    dirty = begin(cell=cell, epochs=1)
    for _ in dirty.run():
        dirty._room.fill(np.nan)

    np.testing.assert_array_equal(dirty.theta, finish(begin(cell=cell, epochs=1)).theta)


@given(st.data())
@settings(max_examples=50)
def test_a_batch_holds_the_words_of_its_sentences(data: st.DataObject) -> None:
    """Step after step of all sentences, the longest first: nothing is lost, doubled or padded."""
    lengths = data.draw(st.lists(st.integers(1, 6), min_size=1, max_size=9))
    words = iter(f"w{n}" for n in range(sum(lengths)))
    sentences = [Labelled(tuple(next(words) for _ in range(size)), ("good",)) for size in lengths]
    vocabulary = Vocabulary(("<unk>", *(word for one in sentences for word in one.words)))
    numbered = number(sentences, vocabulary, ("good", "bad"), "classify")
    chosen = data.draw(st.permutations(range(len(lengths))))

    batch = numbered.batch(np.array(chosen, np.int64))

    columns: list[list[int]] = [[] for _ in lengths]
    rows = iter(zip(batch.words, batch.target, strict=True))
    for running in batch.running:
        for n in range(running):
            word, target = next(rows)
            columns[n] += [int(word)] if target < 0 else [int(word), -1]
    assert not list(rows)
    wanted = [[vocabulary.index(word) for word in sentences[n].words] + [-1] for n in chosen]
    assert columns == sorted(wanted, key=len, reverse=True)


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_the_order_of_the_sentences_in_a_batch_does_not_matter(cell: str) -> None:
    """The gradients are sums over the sentences."""
    training = begin(
        small(count=7), units=6, batch_size=7, dtype="float64", cell=cell, optimiser=STILL
    )
    training._learn(training.learn.batch(np.arange(7)))
    wanted = training._d_theta.copy()

    training._learn(training.learn.batch(np.arange(7)[::-1]))

    assert np.abs(wanted).max() > 0.01
    np.testing.assert_allclose(training._d_theta, wanted, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("encoder", ["codes", "one-hot"])
def test_fixed_encodings_are_not_learned(encoder: str) -> None:
    """They stay what they are, and no time goes into a gradient that nobody uses."""
    training = begin(encoder=encoder, epochs=1)
    before = training.encoder.table.copy()
    finish(training)

    np.testing.assert_array_equal(training.model("fixed", {}).encoder.table, before)
    assert training.gradients["E"].shape == (0, training.encoder.D)
    assert training.gradients["U"].any()


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_a_batch_without_the_compiler(cell: str) -> None:
    """NUMBA_DISABLE_JIT=1: the same loops in plain Python, for whoever wants to step through."""
    code = (
        "from tests.training.runs import begin, small\n"
        f"training = begin(small(count=9), cell={cell!r}, dtype='float64', batch_size=9)\n"
        "next(training.run())\n"
        "print(training.progress.history[0].loss, training._d_theta.tolist())\n"
    )
    compiled, plain = (printed.split(" ", 1) for printed in outputs(code))

    assert float(plain[0]) == pytest.approx(float(compiled[0]), rel=1e-12)
    np.testing.assert_allclose(
        json.loads(plain[1]), json.loads(compiled[1]), rtol=1e-9, atol=1e-13
    )  # fmt: skip
