"""Success has a yardstick: what guessing gives, and what is said of a network that is no better."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import tracer
from tracer.cli import command_line
from tracer.text.labelled import Labelled
from tracer.text.vocabulary import Vocabulary
from tracer.training import checkpoint
from tracer.training.batches import number
from tracer.training.yardstick import yardstick

WORDS = Vocabulary(("<unk>", "so", "it"))


def test_guessing_a_class() -> None:
    """Learned from 3 a and 1 b, each seen once more: shares 4/6 and 2/6. Held out: a, b."""
    learn = [Labelled(("so", "it"), (label,)) for label in "aaab"]
    held_out = [Labelled(("so",), (label,)) for label in "ab"]

    guess = yardstick(
        number(learn, WORDS, ("a", "b"), "classify", every_step=0.5),
        number(held_out, WORDS, ("a", "b"), "classify"),
        2,
        "classify",
    )

    assert guess.loss == pytest.approx((-math.log(4 / 6) - math.log(2 / 6)) / 2)
    assert guess.even == pytest.approx(math.log(2))
    assert (guess.most, guess.accuracy, guess.chance) == (0, 0.5, 0.5)


def test_the_share_to_beat_is_never_below_chance() -> None:
    """It is that of the label which is most frequent where it is measured: held out are b, b, a."""
    learn = [Labelled(("so",), (label,)) for label in "aab"]
    held_out = [Labelled(("so",), (label,)) for label in "bba"]

    guess = yardstick(
        number(learn, WORDS, ("a", "b"), "classify"),
        number(held_out, WORDS, ("a", "b"), "classify"),
        2,
        "classify",
    )

    assert guess.most == 1
    assert guess.accuracy == pytest.approx(2 / 3)


def test_guessing_the_tags_of_a_sentence() -> None:
    """The loss is summed over the words, as that of training is; a tag never seen costs no ∞."""
    learn = number([Labelled(("so", "it"), ("a", "b"))], WORDS, ("a", "b", "c"), "tag")
    held_out = number([Labelled(("so", "it"), ("a", "c"))], WORDS, ("a", "b", "c"), "tag")

    guess = yardstick(learn, held_out, 3, "tag")

    assert guess.loss == pytest.approx(-math.log(2 / 5) - math.log(1 / 5))
    assert guess.even == pytest.approx(2 * math.log(3))
    assert guess.is_beaten(guess.loss - 0.1)
    assert not guess.is_beaten(0.995 * guess.loss)
    assert guess.is_hopeless(4.4)
    assert not guess.is_hopeless(4.3)


def train(*options: str) -> Result:
    """`tracer train` for one epoch, in this folder."""
    words = ["train", "--units", "3", "--epochs", "1", "--save", "m.safetensors", *options]
    return CliRunner().invoke(command_line, words)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with forty labelled sentences."""
    monkeypatch.chdir(tmp_path)
    rows = [f"tea {n} is {'good' if n % 4 else 'bad'},{'+' if n % 4 else '-'}" for n in range(40)]
    (tmp_path / "my.csv").write_text("text,label\n" + "\n".join(rows), encoding="utf-8")
    return tmp_path


def test_an_exploded_network_is_no_success(here: Path) -> None:
    """Its loss is a number still, but none that a beginner has; only the run is kept."""
    done = train(
        "--data", "my.csv", "--optimiser", "sgd", "--learning-rate", "1e6", "--clip-norm", "0",
    )  # fmt: skip

    assert done.exit_code == 2
    assert "guessing from label frequencies gives" in done.stderr
    assert "training has diverged. Try a smaller learning rate (it is 1e+06" in done.stderr
    assert "No network is saved; the run is in m.checkpoint." in done.stderr
    assert "saved. To look inside" not in done.stdout
    assert sorted(path.name for path in here.iterdir()) == ["m.checkpoint", "my.csv"]
    assert not checkpoint.has_left("m.checkpoint")


def test_a_network_that_has_learned_nothing_is_called_so(here: Path) -> None:
    """Without steps its answers are nearly even, and the labels are not."""
    done = train("--data", "my.csv", "--learning-rate", "0", "--held-out", "0.5")

    assert done.exit_code == 0, done.stderr
    assert "to beat: held-out loss" in done.stdout
    said = " ".join(done.stdout.split())  # however wide the terminal is
    assert "(always '+'); chance 50 %" in said
    assert "is worse than guessing from label frequencies:" in said
    notes = tracer.Model.load("m.safetensors").notes
    assert float(notes["held_out_loss"]) > float(notes["held_out_loss of guessing"])
    assert sorted(path.name for path in here.iterdir()) == [
        "m.checkpoint", "m.safetensors", "my.csv",
    ]  # fmt: skip


def test_a_network_that_has_learned_is_told_beside_guessing() -> None:
    """Right answers mean something only beside those of whoever always says the same."""
    done = train("--data", "my.csv", "--learning-rate", "0.1", "--epochs", "20")

    assert done.exit_code == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert "(most frequent label" in said
    assert "worse than guessing" not in said
