"""``tracer train`` as people use it: started, stopped, killed, and taken up again."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner

import tracer
from tests.training.runs import whole as english
from tracer.cli import command_line
from tracer.cli.train import command
from tracer.data.source import Source
from tracer.storage import arrayfile
from tracer.training import checkpoint
from tracer.training.optimisers import Optimiser
from tracer.training.recipe import Recipe
from tracer.training.stopping import stop_asked

TRAIN = [sys.executable, "-m", "tracer", "train", "--units", "6", "--patience", "0"]
OPTIONS = ["--batch-size", "64", "--epochs", "4", "--save", "m.safetensors"]


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    return subprocess.run(
        [*TRAIN, *options], cwd=folder, capture_output=True, text=True, check=False
    )


STEPS = 4 * -(-9000 // 64)
"""Updates of the whole run."""


def begin(folder: Path, *options: str) -> subprocess.Popen[str]:
    """Start it, and wait until the run has been kept in the middle of its second epoch."""
    process = subprocess.Popen(
        [*TRAIN, *options, "--checkpoint-every", "0"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    while process.poll() is None and step(folder) < STEPS * 3 // 8:
        time.sleep(0.01)
    return process


def step(folder: Path) -> int:
    """How many updates the run that is kept there has made; 0 where there is none yet."""
    if not (folder / "m.checkpoint").exists():
        return 0
    _arrays, header = arrayfile.read(folder / "m.checkpoint", checkpoint.FORMAT, checkpoint.VERSION)
    return int(header["progress"]["step"])


def is_in_the_middle(folder: Path) -> bool:
    """Whether the run that is kept there has learned, and still has much to learn."""
    return STEPS // 4 < step(folder) < STEPS - 10


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tracer.Model:
    """The network of a run that nobody interrupted."""
    folder = tmp_path_factory.mktemp("whole")
    done = run(folder, *OPTIONS)

    assert done.returncode == 0, done.stderr
    assert "held-out accuracy" in done.stdout
    assert sorted(path.name for path in folder.iterdir()) == ["m.checkpoint", "m.safetensors"]
    return tracer.Model.load(folder / "m.safetensors")


def same(one: tracer.Model, other: tracer.Model) -> bool:
    """Whether two networks are the same to the bit."""
    pairs = [(one.encoder.table, other.encoder.table), *zip(one.head, other.head, strict=True)]
    pairs += [(getattr(one.cell, name), getattr(other.cell, name)) for name in ("U", "W", "a")]
    return all((mine == theirs).all() for mine, theirs in pairs)


def test_the_file_says_which_command_made_it(whole: tracer.Model) -> None:
    """Whoever finds the file can make it again."""
    assert whole.name == "m"
    assert whole.notes["made_by"].startswith("tracer train --save m.safetensors")


def test_the_accuracy_in_the_file_is_that_of_its_own_network(whole: tracer.Model) -> None:
    """Measured again, sentence by sentence, by the way that `tracer show` takes."""
    held_out = english("classify").held_out
    trace = whole.trace([" ".join(one.words) for one in held_out], level="states")
    assert whole.labels is not None
    assert trace.counted is not None
    answers = trace["probs"].argmax(axis=-1).T[trace.counted.T]
    right = [whole.labels[k] == one.labels[0] for k, one in zip(answers, held_out, strict=True)]

    assert whole.notes["held_out_accuracy"] == f"{sum(right) / len(right):.4f}"


def test_killed_in_the_middle_and_resumed_it_ends_the_same(
    tmp_path: Path, whole: tracer.Model
) -> None:
    """A real kill -9, then --resume: the same weights as an uninterrupted run, to the bit."""
    process = begin(tmp_path, *OPTIONS)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert not (tmp_path / "m.safetensors").exists()
    assert is_in_the_middle(tmp_path)

    resumed = run(tmp_path, "--save", "m.safetensors", "--resume")

    assert resumed.returncode == 0, resumed.stderr
    assert re.search(
        r"^continuing the run in m\.checkpoint: epoch 2 of 4, batch \d+ of 141$",
        resumed.stdout,
        re.MULTILINE,
    )
    assert same(tracer.Model.load(tmp_path / "m.safetensors"), whole)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m.checkpoint", "m.safetensors"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_keeps_the_run_and_says_how_to_go_on(
    tmp_path: Path, whole: tracer.Model, number: signal.Signals
) -> None:
    """A plain word and no traceback; then the same weights."""
    process = begin(tmp_path, *OPTIONS)
    process.send_signal(number)
    said, _ = process.communicate()

    assert process.returncode == 130
    assert "the run is saved in m.checkpoint. To continue: tracer train --save m" in said
    assert "Traceback" not in said
    assert is_in_the_middle(tmp_path)
    assert run(tmp_path, "--save", "m.safetensors", "--resume").returncode == 0
    assert same(tracer.Model.load(tmp_path / "m.safetensors"), whole)


def test_ctrl_c_before_the_first_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a large file is read, say: it is told that nothing was written."""
    monkeypatch.chdir(tmp_path)

    def interrupted(*_given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tracer.data.load.load", interrupted)
    done = CliRunner().invoke(command_line, ["train"])

    assert done.exit_code == 130
    assert done.stderr == "stopped before the first batch; no file was written\n"
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_is_heard_at_once(tmp_path: Path) -> None:
    """Also where the batch takes long, as the first one does; a second one does not wait."""
    process = begin(tmp_path, *OPTIONS)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate()

    assert said.index("stopping after this batch; Ctrl-C again") < said.index("To continue:")


def test_what_the_caller_ignores_stays_ignored() -> None:
    """``nohup tracer train`` goes on when the terminal closes; Ctrl-C is still heard."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stop_asked() as asked:
            os.kill(os.getpid(), signal.SIGHUP)
            assert not asked()
            os.kill(os.getpid(), signal.SIGINT)
            assert asked()
    finally:
        signal.signal(signal.SIGHUP, before)


def test_an_unfinished_run_is_not_overwritten(tmp_path: Path) -> None:
    """Nothing is lost by typing the same command again."""
    process = begin(tmp_path, *OPTIONS)
    process.kill()
    process.communicate()
    before = checkpoint.order_of(tmp_path / "m.checkpoint")

    again = run(tmp_path, *OPTIONS)
    other = run(tmp_path, *OPTIONS, "--resume", "--seed", "3")

    assert again.returncode == other.returncode == 2
    assert "m.checkpoint holds an unfinished run" in again.stderr
    assert "was started with --seed 0, not 3; a resumed run keeps its options" in other.stderr
    assert checkpoint.order_of(tmp_path / "m.checkpoint") == before


def test_a_finished_network_is_not_overwritten(tmp_path: Path) -> None:
    """Only when that is asked for."""
    path = tmp_path / "m.safetensors"
    path.write_bytes(b"the work of a night")

    refused = run(tmp_path, *OPTIONS, "--epochs", "1")
    assert refused.returncode == 2
    assert "m.safetensors already exists. Choose another name with --save" in refused.stderr
    assert path.read_bytes() == b"the work of a night"

    assert run(tmp_path, *OPTIONS, "--epochs", "1", "--overwrite").returncode == 0
    assert tracer.Model.load(path).notes["epochs"] == "1"
    assert sorted(tmp_path.iterdir()) == [tmp_path / "m.checkpoint", path]


def test_a_finished_run_can_be_made_longer(tmp_path: Path, whole: tracer.Model) -> None:
    """It says that it is finished and how to go on; then it ends as one that was longer at once."""
    begun = run(tmp_path, *OPTIONS[:2], "--epochs", "2", "--save", "m.safetensors")
    refused = run(tmp_path, "--save", "m.safetensors", "--resume")
    shorter = run(tmp_path, "--save", "m.safetensors", "--resume", "--epochs", "1")
    longer = run(tmp_path, "--save", "m.safetensors", "--resume", "--epochs", "4")

    assert begun.returncode == 0, begun.stderr
    assert (refused.returncode, shorter.returncode) == (2, 2)
    assert "the run in m.checkpoint is finished: 2 of 2 epochs, best after epoch" in refused.stderr
    assert "tracer train --save m.safetensors --resume --epochs 4" in refused.stderr
    assert "it cannot be shortened to 1" in shorter.stderr
    assert longer.returncode == 0, longer.stderr
    model = tracer.Model.load(tmp_path / "m.safetensors")
    assert same(model, whole)
    assert "--epochs 4" in model.notes["made_by"]
    assert "--epochs 2" not in model.notes["made_by"]


def test_a_run_that_was_made_longer_can_be_killed_and_resumed(
    tmp_path: Path, whole: tracer.Model
) -> None:
    """Its network of before lies in the model file meanwhile, and is its own to replace."""
    done = run(tmp_path, *OPTIONS[:2], "--epochs", "1", "--save", "m.safetensors")
    process = begin(tmp_path, "--save", "m.safetensors", "--resume", "--epochs", "4")
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert done.returncode == 0, done.stderr
    assert is_in_the_middle(tmp_path)

    resumed = run(tmp_path, "--save", "m.safetensors", "--resume")

    assert resumed.returncode == 0, resumed.stderr
    assert same(tracer.Model.load(tmp_path / "m.safetensors"), whole)


@pytest.mark.parametrize("columns", [40, 80])
def test_the_lines_of_the_epochs_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    """Titles over their numbers; what does not fit is left out at the right."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", str(columns))
    done = CliRunner().invoke(command_line, ["train", *OPTIONS, "--epochs", "1"])
    assert done.exit_code == 0, done.output
    title, line = (
        next(line for line in done.stdout.splitlines() if line.split()[:1] == [first])
        for first in ("epoch", "1")
    )

    assert len(line) == len(title) <= columns
    assert "held-out loss" in title
    assert ("sentences/s" in title) == (columns == 80)


def test_sentences_are_watched(tmp_path: Path) -> None:
    """What the network says to them stands under every epoch."""
    done = run(
        tmp_path, "--epochs", "2", "--save", "m.safetensors", "--task", "tag",
        "--watch-sentence", "water is hot",
    )  # fmt: skip

    assert done.returncode == 0
    assert done.stdout.count("water/") == 2
    assert "\x1b" not in done.stdout


def test_the_help_loads_nothing_heavy() -> None:
    """Its choices and defaults come from records that need no NumPy."""
    code = (
        "import sys\nfrom tracer.cli import command_line\n"
        "try:\n    command_line(['train', '--help'])\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('numpy', 'numba', 'rich') if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"
    for title in ("Task and output", "Data", "Network", "Training"):
        assert f"{title}:" in done.stdout


def test_what_is_not_said_is_what_the_records_say() -> None:
    """The command line has no defaults of its own."""
    params = command.make_context("train", []).params

    for record in (Recipe(activation="sigmoid"), Optimiser(), Source()):
        for each in fields(record):
            if each.name in params and each.name not in ("optimiser", "activation"):
                assert params[each.name] == getattr(record, each.name), each.name
    assert params["optimiser"] == Optimiser().name
    assert not params["activation"]
