"""``tracer train`` stopped, killed, and taken up again."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import tracer
from tests.training.command import OPTIONS, TRAIN, train
from tests.training.runs import whole as english
from tracer.storage import arrayfile
from tracer.training import checkpoint
from tracer.training.stopping import stop_asked

pytestmark = pytest.mark.long

STEPS = 4 * -(-9000 // 256)
"""Updates of the whole run."""

MIDDLE = STEPS * 3 // 8
"""In the second epoch."""

WAIT_IN_THE_MIDDLE = f"""
import sys
from tracer.cli import main
from tracer.training import checkpoint

save = checkpoint.save

def save_and_wait(training, *rest, **settings):
    save(training, *rest, **settings)
    if training.progress.step == {MIDDLE}:
        print("in the middle", flush=True)
        sys.stdin.readline()

checkpoint.save = save_and_wait
main()
"""


def begin(folder: Path, *options: str) -> subprocess.Popen[str]:
    """Start it in a process that has kept the run in its second epoch, and waits for a line."""
    process = subprocess.Popen(
        [sys.executable, "-c", WAIT_IN_THE_MIDDLE, *TRAIN, *options, "--checkpoint-every", "0"],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if line == "in the middle\n":
            return process
    raise AssertionError("".join(said))


def step(folder: Path) -> int:
    """How many updates the run that is kept there has made."""
    _arrays, header = arrayfile.read(folder / "m.checkpoint", checkpoint.FORMAT, checkpoint.VERSION)
    return int(header["progress"]["step"])


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tracer.Model:
    """The network of a run that nobody interrupted."""
    folder = tmp_path_factory.mktemp("whole")
    done = train(folder, *OPTIONS)

    assert done.exit_code == 0, done.stderr
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


@pytest.fixture(scope="module")
def killed_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a real kill -9 leaves."""
    folder = tmp_path_factory.mktemp("killed")
    process = begin(folder, *OPTIONS)
    process.kill()
    process.communicate()
    return folder


@pytest.fixture
def killed(tmp_path: Path, killed_once: Path) -> Path:
    """The same, to go on with."""
    return shutil.copytree(killed_once, tmp_path, dirs_exist_ok=True)


def test_killed_in_the_middle_and_resumed_it_ends_the_same(
    killed: Path, whole: tracer.Model
) -> None:
    """After a kill -9, --resume ends with the weights of an uninterrupted run, to the bit."""
    assert not (killed / "m.safetensors").exists()
    assert step(killed) == MIDDLE

    resumed = train(killed, "--save", "m.safetensors", "--resume")

    assert resumed.exit_code == 0, resumed.stderr
    assert re.search(
        r"^continuing the run in m\.checkpoint: epoch 2 of 4, batch \d+ of 36$",
        resumed.stdout,
        re.MULTILINE,
    )
    assert same(tracer.Model.load(killed / "m.safetensors"), whole)
    assert sorted(path.name for path in killed.iterdir()) == ["m.checkpoint", "m.safetensors"]


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_keeps_the_run_and_says_how_to_go_on(
    tmp_path: Path, whole: tracer.Model, number: signal.Signals
) -> None:
    """A plain word and no traceback; then the same weights."""
    process = begin(tmp_path, *OPTIONS)
    process.send_signal(number)
    said, _ = process.communicate("\n")

    assert process.returncode == 130
    assert said.index("stopping after this batch; Ctrl-C again") < said.index("To continue:")
    assert "the run is saved in m.checkpoint. To continue: tracer train --save m" in said
    assert "Traceback" not in said
    assert step(tmp_path) == MIDDLE + 1
    assert train(tmp_path, "--save", "m.safetensors", "--resume").exit_code == 0
    assert same(tracer.Model.load(tmp_path / "m.safetensors"), whole)


@pytest.mark.usefixtures("heard")
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


def test_an_unfinished_run_is_not_overwritten(killed: Path) -> None:
    """Nothing is lost by typing the same command again."""
    before = checkpoint.order_of(killed / "m.checkpoint")

    again = train(killed, *OPTIONS)
    other = train(killed, *OPTIONS, "--resume", "--seed", "3")

    assert again.exit_code == other.exit_code == 2
    assert "m.checkpoint holds an unfinished run" in again.stderr
    assert "was started with --seed 0, not 3; a resumed run keeps its options" in other.stderr
    assert checkpoint.order_of(killed / "m.checkpoint") == before


def test_a_finished_run_can_be_made_longer(tmp_path: Path, whole: tracer.Model) -> None:
    """It says that it is finished and how to go on; then it ends as one that was longer at once."""
    begun = train(tmp_path, *OPTIONS[:2], "--epochs", "2", "--save", "m.safetensors")
    refused = train(tmp_path, "--save", "m.safetensors", "--resume")
    shorter = train(tmp_path, "--save", "m.safetensors", "--resume", "--epochs", "1")
    longer = train(tmp_path, "--save", "m.safetensors", "--resume", "--epochs", "4")

    assert begun.exit_code == 0, begun.stderr
    assert (refused.exit_code, shorter.exit_code) == (2, 2)
    assert "the run in m.checkpoint is finished: 2 of 2 epochs, best after epoch" in refused.stderr
    assert "tracer train --save m.safetensors --resume --epochs 4" in refused.stderr
    assert "it cannot be shortened to 1" in shorter.stderr
    assert longer.exit_code == 0, longer.stderr
    model = tracer.Model.load(tmp_path / "m.safetensors")
    assert same(model, whole)
    assert "--epochs 4" in model.notes["made_by"]
    assert "--epochs 2" not in model.notes["made_by"]


def test_a_run_that_was_made_longer_can_be_killed_and_resumed(
    tmp_path: Path, whole: tracer.Model
) -> None:
    """Its network of before lies in the model file meanwhile, and is its own to replace."""
    done = train(tmp_path, *OPTIONS[:2], "--epochs", "1", "--save", "m.safetensors")
    process = begin(tmp_path, "--save", "m.safetensors", "--resume", "--epochs", "4")
    process.kill()
    process.communicate()
    assert done.exit_code == 0, done.stderr
    assert step(tmp_path) == MIDDLE

    resumed = train(tmp_path, "--save", "m.safetensors", "--resume")

    assert resumed.exit_code == 0, resumed.stderr
    assert same(tracer.Model.load(tmp_path / "m.safetensors"), whole)
