"""A run in a file: taken up again to the bit, and refused where it is none of this run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tracer
from tests.training.runs import begin, finish, small
from tracer.storage import arrayfile
from tracer.training import checkpoint


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


def rewritten(path: Path, change: Any) -> Path:
    """The checkpoint after `change` was done to its arrays and its header."""
    arrays, header = arrayfile.read(path, checkpoint.FORMAT, checkpoint.VERSION)
    arrays = dict(arrays)
    change(arrays, header)
    kept = {name: value for name, value in header.items() if name not in ("format", "version")}
    arrayfile.write(path.with_name("d"), checkpoint.FORMAT, checkpoint.VERSION, arrays, kept)
    return path.with_name("d")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("batch", 99, "99 batches, in a run of 3 epochs with 4"),
        ("batch", "x", "batch is 'x'; expected a whole number"),
        ("batch", True, "batch is True; expected a whole number"),
        ("epoch", 3, "after 3 epochs"),
        ("step", 7, "its step is 7"),
        ("step", -1, "step is -1; expected 0 or more"),
        ("loss", None, "loss is None; expected a number"),
        ("loss", float("nan"), "loss is nan; expected a finite number"),
        ("counted", 0, "its sums are not those of its batches"),
        ("history", [[1, 2]], "do not fit"),
        ("history", [["1", 0, 0, 0, 0, 0]], "epoch is '1'; expected a number"),
    ],
)
def test_a_checkpoint_that_no_run_can_have_written(
    tmp_path: Path, name: str, value: Any, message: str
) -> None:
    """Whatever stands in its header, the error says that the file is damaged, and where."""
    training = begin()
    next(training.run())
    checkpoint.save(training, tmp_path / "c")
    path = rewritten(
        tmp_path / "c", lambda _arrays, header: header["progress"].update({name: value})
    )

    with pytest.raises(tracer.FileError, match="d is damaged") as caught:
        checkpoint.restore(begin(), path)

    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (lambda theta: theta.astype(np.int64), "its theta is int64"),
        (lambda theta: theta[:-1], "its theta is float32"),
        (lambda theta: theta * np.float32("nan"), "its theta holds NaN or infinity"),
    ],
)
def test_arrays_of_a_checkpoint_are_never_converted(
    tmp_path: Path, changed: Any, message: str
) -> None:
    """Another dtype, another shape, or no numbers: damaged."""
    checkpoint.save(begin(), tmp_path / "c")
    path = rewritten(
        tmp_path / "c", lambda arrays, _header: arrays.update(theta=changed(arrays["theta"]))
    )

    with pytest.raises(tracer.FileError, match=message):
        checkpoint.restore(begin(), path)


def test_other_versions_are_said_and_not_refused(tmp_path: Path) -> None:
    """The run goes on; only "to the bit" is no longer promised."""
    checkpoint.save(begin(), tmp_path / "c")
    path = rewritten(tmp_path / "c", lambda _arrays, header: header["versions"].update(numpy="1.0"))

    assert checkpoint.restore(begin(), tmp_path / "c") == ()
    (said,) = checkpoint.restore(begin(), path)
    assert said.startswith("the run was started with numpy 1.0, this is ")


@pytest.mark.parametrize("order", [["rm", "-r"], [], "tracer train", [1], None])
def test_an_order_that_is_none_of_ours(tmp_path: Path, order: Any) -> None:
    """Only a command line of `tracer train` is taken up again."""
    checkpoint.save(begin(), tmp_path / "c")
    path = rewritten(tmp_path / "c", lambda _arrays, header: header.update(order=order))

    with pytest.raises(tracer.FileError, match="damaged: its order"):
        checkpoint.order_of(path)
