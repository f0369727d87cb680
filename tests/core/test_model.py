"""A model: from a sentence to every number, and to a file and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tracer
from tests.core.conftest import make_run
from tracer.cells.output import softmax
from tracer.text.encoder import Encoder
from tracer.text.vocabulary import END, Vocabulary

WORDS = ("<unk>", "you", "are", "bad")


def make_model(task: str = "classify", kind: str = "lstm", **changed: Any) -> tracer.Model:
    """A small model with random weights, D=4 (one-hot), H=7."""
    cell = make_run(kind, "tanh" if kind == "rnn" else "sigmoid").cell
    labels = (*WORDS, END) if task == "generate" else ("praise", "insult")
    rng = np.random.default_rng(1)
    parts: dict[str, Any] = {
        "encoder": Encoder.one_hot(Vocabulary(WORDS)),
        "layers": (tracer.Layer(cell),),
        "head": tracer.Head(rng.normal(size=(len(labels), 7)), rng.normal(size=len(labels))),
        "task": task,
        "labels": labels,
        "name": "small",
        "notes": {"seed": "1"},
    }
    return tracer.Model(**{**parts, **changed})


@pytest.mark.parametrize("kind", ["rnn", "lstm"])
def test_a_sentence_becomes_a_trace(kind: str) -> None:
    """Hidden states, scores and probabilities after every word, and what they are about."""
    model = make_model(kind=kind)

    trace = model.trace("you are bad")

    assert trace.tokens == (("you", "are", "bad"),)
    assert (trace.T, trace.N, trace.K) == (3, 1, 2)
    assert trace.names[-2:] == ("logits", "probs")
    np.testing.assert_allclose(trace["logits"], trace["h"] @ model.head.V.T + model.head.b)
    np.testing.assert_allclose(trace["probs"], softmax(trace["logits"]))
    assert trace.counted is not None
    assert trace.counted[:, 0].tolist() == [False, False, True]


def test_a_target_gives_the_loss_where_it_counts() -> None:
    """Classifying counts the last word only; the loss is -ln of the right probability."""
    trace = make_model().trace("you are bad", target="insult")

    assert trace["loss"][:2].tolist() == [[0], [0]]
    assert trace["loss"][2, 0] == pytest.approx(-np.log(trace["probs"][2, 0, 1]))


def test_several_sentences_are_one_batch() -> None:
    """Each gives the numbers it gives alone; past its length the outputs are zero."""
    model = make_model()

    batch = model.trace(["you are bad", "you"], target=["insult", "praise"])
    alone = model.trace("you", target="praise")

    assert batch.lengths.tolist() == [3, 1]
    for name in ("f", "h", "logits", "probs", "loss"):
        np.testing.assert_array_equal(batch[name][:1, 1], alone[name][:, 0])
    assert (batch["probs"][1:, 1] == 0).all()


def test_unknown_words_are_told() -> None:
    """They are kept as typed, marked, and computed with the row of <unk>."""
    trace = make_model().trace("you are zorgly")

    assert trace.tokens == (("you", "are", "zorgly"),)
    assert trace.unknown == (frozenset({2}),)
    assert trace["x"][2, 0].tolist() == [1, 0, 0, 0]


@pytest.mark.parametrize("device", ["cpu", "reference"])
def test_generating_feeds_each_output_back(device: str) -> None:
    """Every word after those given is the likeliest after the words before it."""
    model = make_model("generate")

    trace = model.trace("you are", steps=6, device=device)

    assert trace.tokens is not None
    (words,) = trace.tokens
    assert words[:2] == ("you", "are")
    assert len(words) <= 6
    for t in range(1, len(words) - 1):
        scores = trace["logits"][t, 0].copy()
        scores[0] = -np.inf  # it never says <unk>
        assert words[t + 1] == model.labels[int(scores.argmax())]


def test_with_a_target_nothing_is_made_up() -> None:
    """The next words are given, so their loss can be measured."""
    trace = make_model("generate").trace("you are", target=["are", "bad"])

    assert trace.tokens == (("you", "are"),)
    assert trace["loss"].shape == (2, 1)
    assert trace.reduction == "sum over steps, mean over the batch"


def test_generating_ends_with_the_end() -> None:
    """A model that always says <end> adds nothing to the word given."""
    always_end = tracer.Head(np.zeros((5, 7)), np.array([0.0, 0, 0, 0, 1]))

    assert make_model("generate", head=always_end).trace("you").tokens == (("you",),)


def test_a_model_survives_its_file(tmp_path: Path) -> None:
    """The same sentence gives the very same numbers."""
    model = make_model()
    model.save(tmp_path / "m.safetensors")
    again = tracer.Model.load(tmp_path / "m.safetensors")

    for part in ("task", "labels", "name", "notes"):
        assert getattr(again, part) == getattr(model, part)
    for name in ("x", "h", "probs"):
        np.testing.assert_array_equal(again.trace("you are")[name], model.trace("you are")[name])


def test_a_name_that_could_be_two_models_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file's whole name, or `shipped`, says which; the ending is part of a file's name."""
    monkeypatch.chdir(tmp_path)
    make_model().save("lstm-classify.safetensors")
    make_model().save("mine.safetensors")

    with pytest.raises(tracer.InputError, match=r"Model.shipped\('lstm-classify'\) the one that"):
        tracer.Model.load("lstm-classify")
    assert tracer.Model.load("lstm-classify.safetensors").name == "small"
    assert tracer.Model.shipped("lstm-classify").name == "lstm-classify"
    with pytest.raises(tracer.InputError, match=r"write its whole name: mine\.safetensors"):
        tracer.Model.load("mine")
    with pytest.raises(tracer.UnknownNameError, match="there is no model 'small'"):
        tracer.Model.shipped("small")
    with pytest.raises(tracer.UnknownNameError, match="there is no model ''"):
        tracer.Model.load("")


def test_a_trace_of_a_model_survives_its_file(tmp_path: Path) -> None:
    """Words, labels, targets and outputs come back."""
    trace = make_model().trace(["you are zorgly", "you"], target=["insult", "praise"])
    tracer.save(trace, tmp_path / "t.safetensors")
    again = tracer.open(tmp_path / "t.safetensors")

    for part in ("tokens", "unknown", "labels", "task", "model_name"):
        assert getattr(again, part) == getattr(trace, part)
    for name in ("logits", "probs", "loss"):
        np.testing.assert_array_equal(again[name], trace[name])
    np.testing.assert_array_equal(again.counted, trace.counted)
    assert again.sel(batch=0, step=slice(1, 3)).tokens == (("are", "zorgly"),)
    assert again.sel(batch=0, step=slice(1, 3)).unknown == (frozenset({1}),)
    assert tracer.compare(again, trace) is None


def test_a_wrong_head_shows_in_the_output() -> None:
    """Comparing goes on into the outputs: a changed bias parts first in the scores."""
    model = make_model()
    other = make_model(head=tracer.Head(model.head.V, model.head.b + np.array([0, 1])))

    d = tracer.compare(other.trace("you are"), model.trace("you are"))

    assert d is not None
    assert (d.step, d.quantity, d.unit, d.also) == (0, "logits", 1, ())


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"task": "translate"}, "there is no task 'translate'"),
        ({"layers": ()}, "one forward layer for now; this one has none"),
        (
            {"labels": ("one",)},
            "V has shape (2, 7); a model with H=7 and K=1 needs (K, H) = (1, 7)",
        ),
        (
            {"head": tracer.Head(np.zeros((2, 7)), np.zeros(3))},
            "b has shape (3,); a model with K=2",
        ),
        (
            {"head": tracer.Head(np.zeros((2, 7), "f4"), np.zeros(2, "f4"))},
            "V has dtype float32 and the cell float64",
        ),
        (
            {"encoder": Encoder.one_hot(Vocabulary(WORDS[:3]))},
            "the encoder has 3 numbers per word; U has shape (28, 4) and needs D=4",
        ),
    ],
)
def test_parts_that_do_not_fit_are_named(changed: dict[str, Any], message: str) -> None:
    """The part, its size, and the size wanted."""
    with pytest.raises(tracer.TracerError) as error:
        make_model(**changed)

    assert message in str(error.value)


def test_a_whole_number_may_be_numpys_own() -> None:
    """How many words, the window and the number of sentences: np.int64(2) is 2."""
    two: Any = np.int64(2)
    spoken = make_model("generate").trace("you", steps=two)
    named = make_model().trace("you", target="praise", backward=True, window=two, averaged_over=two)

    assert spoken.T <= 2
    assert (type(named.last.window), type(named.averaged_over)) == (int, int)


def test_what_cannot_be_run_is_named() -> None:
    """No sentence, no words, a label that is not there, steps where nothing is generated."""
    model = make_model()

    with pytest.raises(tracer.InputError, match="no sentence was given"):
        model.trace([])
    with pytest.raises(tracer.InputError, match="write at least one word"):
        model.trace("  ")
    with pytest.raises(tracer.UnknownNameError, match="no label 'prase'; did you mean 'praise'"):
        model.trace("you", target="prase")
    with pytest.raises(tracer.InputError, match="steps is for the task 'generate'"):
        model.trace("you", steps=3)
    with pytest.raises(tracer.InputError, match=r"averaged_over is 1; .* at least the 2 of this"):
        model.trace(["you", "you"], averaged_over=1)
    wrong: Any
    for wrong in (5.0, True, np.True_, "5"):
        with pytest.raises(tracer.InputError, match=r"averaged_over is .*; expected a whole"):
            model.trace("you", averaged_over=wrong)
    wrong = 5
    with pytest.raises(tracer.InputError, match="a text or a list of texts; got 5"):
        model.trace(wrong)
    with pytest.raises(tracer.InputError, match="a text or a list of texts; got 1"):
        model.trace(["you"], target=1)
    with pytest.raises(tracer.UnknownNameError, match="there is no model 'lstm-clasify'"):
        tracer.Model.load("lstm-clasify")
    with pytest.raises(tracer.FileError, match="there is no such file"):
        tracer.Model.load("mine.safetensors")


def test_nothing_floods_a_prompt() -> None:
    """Whatever a name is typed for, one short line comes: what it is, its sizes, its names."""
    model = tracer.Model.load("lstm-classify")
    trace = model.trace("you are a really bad man")

    assert repr(trace) == (
        "<Trace of lstm-classify on 'you are a really bad man': LSTM, T=6, N=1, D=8, H=8, K=2, "
        "float32; 28 quantities in .names>"
    )
    assert repr(model).startswith("<Model 'lstm-classify': LSTM to classify (")
    assert repr(model.cell) == "<LSTMCell D=8, H=8, gate='sigmoid', float32>"
    shown = (trace, model, model.cell, model.encoder, model.encoder.vocabulary, trace.last)
    for thing in shown:
        assert len(repr(thing)) < 140
        assert "\n" not in repr(thing)
        assert "array" not in repr(thing)
