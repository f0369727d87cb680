"""Training: its gradients, its updates, and that it always goes the same way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tracer
from tracer.kernels import updating
from tracer.kernels.training import Batch
from tracer.training import checkpoint
from tracer.training.data import Data, Source, built_in, load
from tracer.training.initial import initial_weights
from tracer.training.loop import DivergedError, EpochResult, Training
from tracer.training.optimisers import OPTIMISERS, Moments, Optimiser, clipped, updated
from tracer.training.recipe import Recipe

STILL = Optimiser("sgd", learning_rate=0.0, clip_norm=0.0)


def small(task: str = "classify", count: int = 60) -> Data:
    """The first sentences of the built-in corpus."""
    data = built_in(task, ["en"], 0.1, 0)
    return replace(data, learn=data.learn[:count], held_out=data.held_out[:20])


def begin(data: Data | None = None, **settings: Any) -> Training:
    """A run that has not begun."""
    data = data or small(settings.get("task", "classify"))
    recipe = Recipe(**{"units": 6, "batch_size": 16, "epochs": 3, **settings})
    return Training(recipe, data.learn, data.held_out, data.vocabulary, data.labels)


def finish(training: Training) -> Training:
    """Run it to its end."""
    for _ in training.run():
        pass
    return training


@pytest.mark.parametrize("task", ["classify", "tag", "generate"])
@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_a_batch_gives_the_gradients_of_the_model(task: str, cell: str) -> None:
    """The compiled batch against `Model.trace(..., backward=True)`, which the textbook proves."""
    data = small(task, count=7)
    training = begin(
        data, task=task, cell=cell, dtype="float64", batch_size=7, optimiser=STILL, epochs=1
    )
    model = training.model("untrained", {}, best=False)
    next(training.run())
    (result,) = training.progress.history

    sentences = [" ".join(one.words) for one in data.learn]
    if task == "generate":  # a trace of one goes on by itself; its loss is that of tagging
        model = replace(model, task="tag")
    targets = [one.labels[0] if task == "classify" else one.labels for one in data.learn]
    trace = model.trace(sentences, target=targets, backward=True)

    assert result.loss == pytest.approx(float(trace["loss"].sum() / 7))
    for name in ("U", "W", "a", "V", "b"):
        np.testing.assert_allclose(
            training.gradients[name], trace[f"d_{name}"], rtol=1e-9, atol=1e-12
        )
    ids = [model.encoder.ids(one.words) for one in data.learn]
    d_E = np.zeros_like(model.encoder.table)
    for n, words in enumerate(ids):
        np.add.at(d_E, words, trace["d_x"][: len(words), n])
    np.testing.assert_allclose(training.gradients["E"], d_E, rtol=1e-9, atol=1e-12)


@settings(max_examples=100)
@given(st.sampled_from(OPTIMISERS), st.integers(1, 20), st.data())
def test_the_compiled_update_is_the_textbook_one(name: str, step: int, data: st.DataObject) -> None:
    """Every optimiser, with and without decay and both ways of clipping."""
    optimiser = Optimiser(
        name,
        learning_rate=0.1,
        weight_decay=data.draw(st.sampled_from([0.0, 0.3])),
        clip_norm=data.draw(st.sampled_from([0.0, 0.5])),
        clip_value=data.draw(st.sampled_from([0.0, 0.2])),
    )
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    theta, d, first = rng.normal(size=(3, 9))
    second = rng.normal(size=9) ** 2
    moments = Moments(first.copy(), second.copy())
    wanted = updated(theta, d, moments, optimiser, step)

    norm = updating.update(
        theta, d, first, second, OPTIMISERS.index(name), step, 0.1, 0.9, 0.999, 1e-8,
        optimiser.weight_decay, optimiser.clip_norm, optimiser.clip_value,
    )  # fmt: skip

    assert norm == pytest.approx(np.linalg.norm(d))
    np.testing.assert_allclose(theta, wanted, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(first, moments.first, rtol=1e-12)
    np.testing.assert_allclose(second, moments.second, rtol=1e-12)


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_nothing_of_one_batch_is_left_for_the_next(cell: str) -> None:
    """The room where the loops work may hold anything: the weights are the same to the bit."""
    dirty = begin(cell=cell, epochs=1)
    for _ in dirty.run():
        dirty._room.fill(np.nan)

    np.testing.assert_array_equal(dirty.theta, finish(begin(cell=cell, epochs=1)).theta)


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_the_order_of_the_sentences_in_a_batch_does_not_matter(cell: str) -> None:
    """The longest usually come first, which saves time; the gradients are the same if not."""
    training = begin(
        small(count=7), units=6, batch_size=7, dtype="float64", cell=cell, optimiser=STILL
    )
    batch = training.learn.batch(np.arange(7))
    training._learn(batch)
    wanted = training._d_theta.copy()

    turned = [np.ascontiguousarray(each[..., ::-1]) for each in batch]
    training._learn(Batch._make(turned))

    assert np.abs(wanted).max() > 0.01
    np.testing.assert_allclose(training._d_theta, wanted, rtol=1e-12, atol=1e-15)


def test_clipping_by_hand() -> None:
    """A gradient (3, 4) has length 5; clipped to length 1 it is (0.6, 0.8), by value (0.5, 0.5)."""
    d = np.array([3.0, 4.0])

    np.testing.assert_allclose(clipped(d, Optimiser(clip_norm=1)), [0.6, 0.8])
    assert clipped(d, Optimiser(clip_norm=0, clip_value=0.5)).tolist() == [0.5, 0.5]


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_the_same_recipe_gives_the_same_weights(cell: str) -> None:
    """To the bit; another seed gives others."""
    once, again = finish(begin(cell=cell)), finish(begin(cell=cell))

    np.testing.assert_array_equal(once.theta, again.theta)
    assert once.progress == again.progress
    assert not np.array_equal(finish(begin(cell=cell, seed=1)).theta, once.theta)


@given(st.integers(0, 11))
@settings(max_examples=12)
def test_a_run_taken_up_anywhere_ends_the_same(tmp_path_factory: Any, stop: int) -> None:
    """Stopped after any batch and resumed from its file: the weights are the same to the bit."""
    path = tmp_path_factory.mktemp("run") / "run.checkpoint"
    whole = finish(begin())
    first = begin()
    for n, _ in enumerate(first.run()):
        if n == stop:
            break
    checkpoint.save(first, path)
    second = begin()
    checkpoint.restore(second, path)

    finish(second)

    np.testing.assert_array_equal(second.theta, whole.theta)
    np.testing.assert_array_equal(second.best, whole.best)
    assert second.progress == whole.progress


def test_a_checkpoint_of_another_run_is_refused(tmp_path: Path) -> None:
    """Another recipe and other sentences are told apart, and named."""
    checkpoint.save(begin(), tmp_path / "c")

    with pytest.raises(tracer.InputError, match="another recipe: seed is 0 there and 1 here"):
        checkpoint.restore(begin(seed=1), tmp_path / "c")
    with pytest.raises(tracer.InputError, match="on other sentences"):
        checkpoint.restore(begin(small(count=50)), tmp_path / "c")
    (tmp_path / "d").write_bytes(b"x" * 50)
    with pytest.raises(tracer.FileError, match="not a whole safetensors file"):
        checkpoint.restore(begin(), tmp_path / "d")


def test_a_diverging_loss_stops_with_an_explanation() -> None:
    """It says when, and what to try; the weights are still numbers."""
    training = begin(
        cell="rnn", activation="identity", optimiser=Optimiser("sgd", 1e6, clip_norm=0.0)
    )

    with pytest.raises(DivergedError, match=r"diverged\. Try a smaller"):
        finish(training)

    assert np.isfinite(training.theta).all()


def test_training_stops_when_the_held_out_loss_stops_falling() -> None:
    """With patience 1: after the first epoch that is no better; the best weights are kept."""
    training = finish(begin(optimiser=Optimiser("adam", 0.5), epochs=50, patience=1))
    losses = [result.held_out_loss for result in training.progress.history]

    assert len(losses) < 50
    assert training.best_epoch == len(losses) - 2
    np.testing.assert_array_equal(
        training.model("", {}).cell.W, training.model("", {}, best=True).cell.W
    )


def test_fixed_encodings_are_not_learned() -> None:
    """The article's codes stay what they are."""
    training = begin(encoder="codes")
    before = training.encoder.table.copy()

    model = finish(training).model("codes", {})

    np.testing.assert_array_equal(model.encoder.table, before)


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_it_learns(cell: str) -> None:
    """A loss that falls proves little, but one that does not proves a bug."""
    history = finish(begin(small(count=400), cell=cell, task="classify", epochs=6)).progress.history

    assert history[-1].loss < history[0].loss


def test_the_initial_weights() -> None:
    """Rotations for W, a forget switch that begins open, and the seed decides."""
    sizes = {"D": 3, "H": 5, "K": 2}
    options: Any = {"initial": "orthogonal", "forget_bias": 1.0, "dtype": "float64"}
    weights = initial_weights("lstm", sizes, seed=0, **options)

    for block in np.split(weights["W"], 4):
        np.testing.assert_allclose(block @ block.T, np.eye(5), atol=1e-12)
    assert weights["a"].tolist() == [0] * 5 + [1] * 5 + [0] * 10
    again = initial_weights("lstm", sizes, seed=0, **options)
    assert all((weights[name] == again[name]).all() for name in weights)


def test_an_epoch_result_reads_as_a_line() -> None:
    """The record that the screen draws."""
    (result,) = finish(begin(epochs=1)).progress.history

    assert isinstance(result, EpochResult)
    assert result.epoch == 1
    assert 0 <= result.held_out_accuracy <= 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"task": "translate"}, "there is no task 'translate'"),
        ({"cell": "gru"}, "there is no cell 'gru'"),
        ({"activation": "tanh"}, "there is no choice for gate 'tanh'"),
        ({"units": 0}, "units is 0; wanted 1 or more"),
        ({"held_out": 1.5}, "held_out is 1.5; wanted a share between 0 and 1"),
    ],
)
def test_settings_that_make_no_sense(change: dict[str, Any], message: str) -> None:
    """Named before anything is computed."""
    with pytest.raises(tracer.TracerError, match=message):
        Recipe(**change)

    with pytest.raises(tracer.TracerError, match="learning_rate is -1"):
        Optimiser(learning_rate=-1)


def test_sentences_of_a_file_become_data(tmp_path: Path) -> None:
    """Split, a vocabulary of what is learned from, long texts cut off, everything said."""
    rows = [f"word{n % 7} is good {n},+" for n in range(20)]
    rows += [f"word{n % 7} is bad {n},-" for n in range(20)]
    rows.append("long " * 30 + ",+")
    (tmp_path / "my.csv").write_text("text,label\n" + "\n".join(rows) + "\n", encoding="utf-8")

    data = load(Source(str(tmp_path / "my.csv"), longest=10), "classify")

    assert data.labels == ("+", "-")
    assert len(data.learn) + len(data.held_out) == 41
    assert max(len(one.words) for one in (*data.learn, *data.held_out)) == 10
    assert "1 texts were cut off after 10 words (--longest)" in data.report
    assert finish(begin(data, epochs=1)).progress.history


def test_a_drawn_part_and_settings_of_a_source() -> None:
    """Settings that make no sense are named."""
    with pytest.raises(tracer.InputError, match="longest is 0; wanted 1 or more"):
        Source(longest=0)
    with pytest.raises(tracer.UnknownNameError, match="no language 'de'"):
        Source(language="de")
