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
from tests.training.runs import begin, finish, small
from tests.training.updates import Moments, clipped, updated
from tracer.cells.parameters import DTYPES
from tracer.data.load import load
from tracer.data.source import Source
from tracer.kernels.learning import updating
from tracer.kernels.learning.batch import RULES
from tracer.model.initial import initial_weights
from tracer.text.labelled import Labelled
from tracer.text.vocabulary import Vocabulary
from tracer.training import choices
from tracer.training.batches import number
from tracer.training.choices import OPTIMISERS
from tracer.training.divergence import DivergedError
from tracer.training.loop import Training
from tracer.training.optimisers import Optimiser
from tracer.training.progress import EpochResult
from tracer.training.recipe import Recipe


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


@pytest.mark.parametrize(
    ("task", "labels", "message"),
    [
        (
            "tag",
            ("a", "b", "a"),
            "sentence 2, 'so it', has 2 words and 3 labels; tag needs a label",
        ),
        ("tag", ("a",), "has 2 words and 1 labels"),
        ("generate", (), "has 2 words and 0 labels; generate needs a label for each word"),
        ("classify", ("a", "b"), "has 2 words and 2 labels; classify needs one label"),
        ("classify", (), "has 2 words and 0 labels"),
    ],
)
def test_labels_that_do_not_match_the_words(
    task: str, labels: tuple[str, ...], message: str
) -> None:
    """They would move the targets of all sentences after this one."""
    good = Labelled(("so",), ("a",))
    vocabulary = Vocabulary(("<unk>", "so", "it"))

    with pytest.raises(tracer.InputError) as caught:
        number([good, Labelled(("so", "it"), labels)], vocabulary, ("a", "b"), task)

    assert message in str(caught.value)


def test_only_a_class_is_asked_for_before_the_last_word() -> None:
    """`every_step` spreads the one label of a sentence; tags have their own word already."""
    vocabulary = Vocabulary(("<unk>", "so", "it"))
    tagged = [Labelled(("so",), ("a",)), Labelled(("so", "it"), ("a", "b"))]
    named = [Labelled(("so", "it"), ("b",))]

    tags = number(tagged, vocabulary, ("a", "b"), "tag", every_step=0.5)
    classes = number(named, vocabulary, ("a", "b"), "classify", every_step=0.5)

    assert tags.weight.tolist() == [1, 1, 1]
    assert tags.target.tolist() == [0, 0, 1]
    assert classes.weight.tolist() == [0.25, 1.25]
    assert classes.target.tolist() == [1, 1]


def test_a_diverging_loss_stops_with_an_explanation() -> None:
    """It says when, and what to try; the weights are still numbers."""
    training = begin(
        cell="rnn", activation="identity", optimiser=Optimiser("sgd", 1e6, clip_norm=0.0)
    )

    with pytest.raises(DivergedError, match=r"diverged\. Try a smaller"):
        finish(training)

    assert np.isfinite(training.theta).all()


def test_training_stops_when_the_held_out_loss_stops_falling() -> None:
    """With patience 1: after the first epoch that is no better; the model is that of the best."""
    training = begin(optimiser=Optimiser("adam", 0.5), epochs=50, patience=1)
    after = [training.theta.copy() for result in training.run() if result is not None]
    losses = [result.held_out_loss for result in training.progress.history]

    assert 1 < len(losses) == len(after) < 50
    assert training.best_epoch == len(losses) - 2 == int(np.argmin(losses))
    np.testing.assert_array_equal(training.best, after[-2])
    best, last = training.model("", {}), training.model("", {}, best=False)
    np.testing.assert_array_equal(flat(best), after[-2])
    np.testing.assert_array_equal(flat(last), after[-1])
    assert (after[-1] != after[-2]).any()


def flat(model: tracer.Model) -> Any:
    """All weights of a model that learned its embedding, in the order of `Training.theta`."""
    cell = model.cell
    arrays = (model.encoder.table, cell.U, cell.W, cell.a, *model.head)
    return np.concatenate([array.ravel() for array in arrays])


def test_an_epoch_whose_held_out_loss_is_no_number_is_never_the_best(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is an error, named; and a NaN in a history is passed over wherever it stands."""
    training = begin()
    next(result for result in training.run() if result is not None)
    nan = training.progress.history[0]._replace(held_out_loss=float("nan"))
    good = training.progress.history[0]
    training.progress = replace(training.progress, history=(nan, good, nan))
    assert training.best_epoch == 1

    second = begin()
    measure = Training.measure
    monkeypatch.setattr(
        Training, "measure", lambda *given: measure(*given)._replace(loss=float("inf"))
    )
    with pytest.raises(DivergedError, match="the held-out loss is NaN or infinite in epoch 1"):
        finish(second)
    assert second.progress.history == ()


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_it_learns(cell: str) -> None:
    """A loss that falls proves little, but one that does not proves a bug."""
    history = finish(begin(small(count=400), cell=cell, task="classify", epochs=6)).progress.history

    assert history[-1].loss < history[0].loss


def test_the_initial_weights() -> None:
    """Rotations for W, a forget gate that begins open, and the seed decides."""
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


def test_a_setting_may_be_a_whole_number_of_numpy() -> None:
    """Kept as Python's own, as a file of settings has it; True is no number."""
    units: Any = np.int64(6)

    assert type(Recipe(units=units).units) is int
    with pytest.raises(tracer.TracerError, match="units is True; expected a whole number"):
        Recipe(units=True)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"task": "translate"}, "there is no task 'translate'"),
        ({"cell": "gru"}, "there is no cell 'gru'"),
        ({"activation": "tanh"}, "there is no choice for gate 'tanh'"),
        ({"units": 0}, "units is 0; expected 1 or more"),
        ({"units": 2.5}, "units is 2.5; expected a whole number"),
        ({"seed": 1.5}, "seed is 1.5; expected a whole number"),
        ({"epochs": "3"}, "epochs is '3'; expected a whole number"),
        ({"forget_bias": float("nan")}, "forget_bias is nan; expected a finite number"),
        ({"forget_bias": float("inf")}, "forget_bias is inf; expected a finite number"),
        ({"word_dropout": "a"}, "word_dropout is 'a'; expected a number"),
        ({"word_dropout": 1.0}, "word_dropout is 1.0; expected 0 or more, less than 1"),
        ({"held_out": 1.5}, "held_out is 1.5; expected a share between 0 and 1"),
    ],
)
def test_settings_that_make_no_sense(change: dict[str, Any], message: str) -> None:
    """Named before anything is computed."""
    with pytest.raises(tracer.TracerError, match=message):
        Recipe(**change)

    with pytest.raises(tracer.TracerError, match="learning_rate is -1"):
        Optimiser(learning_rate=-1)
    with pytest.raises(tracer.TracerError, match="momentum is nan"):
        Optimiser(momentum=float("nan"))


def test_a_network_that_does_not_fit_into_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Named before anything is made; and where the system says no, too."""
    with pytest.raises(tracer.InputError, match=r"600,000 units.* GB are free\); try fewer units"):
        begin(units=600_000)

    def full(*_given: Any, **_named: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr("tracer.training.loop.initial_weights", full)
    with pytest.raises(tracer.InputError, match="6 units, 8 numbers per word"):
        begin()


def test_the_lists_of_choices_are_those_of_the_parts_that_know_them() -> None:
    """The command line reads them without NumPy; here they are held together."""
    assert choices.DTYPES == DTYPES
    assert set(choices.OPTIMISERS) == set(RULES)


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
    assert "1 text was cut off after 10 words (--longest)" in data.report
    assert finish(begin(data, epochs=1)).progress.history


def test_learning_from_sentences_whose_deciding_word_is_near() -> None:
    """What is held out is near too, and the vocabulary has the words of all the others."""
    near = load(Source(farthest=6), "classify")
    all_of_them = load(Source(), "classify")

    assert {one.distance for one in (*near.learn, *near.held_out)} == set(range(7))
    assert len(near.learn) == len(all_of_them.learn)
    assert near.vocabulary == all_of_them.vocabulary
    assert len({one.distance for one in all_of_them.learn}) == 26


def test_a_drawn_part_and_settings_of_a_source() -> None:
    """Settings that make no sense are named."""
    with pytest.raises(tracer.InputError, match="longest is 0; expected 1 or more"):
        Source(longest=0)
    with pytest.raises(tracer.InputError, match="farthest is -1"):
        Source(farthest=-1)
    with pytest.raises(tracer.UnknownNameError, match="no language 'de'"):
        Source(language="de")
