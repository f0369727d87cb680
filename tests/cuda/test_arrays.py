"""Arrays that lie on the card go in and come out without a copy; the host copies what it reads."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tracer
from tests.core.conftest import make_run
from tests.cuda.conftest import on_card, seen, unrolled
from tracer.errors import InputError
from tracer.kernels.cuda import numbers
from tracer.kernels.cuda.oncard import Block
from tracer.trace.file import save_trace


def place(array: Any) -> int:
    """Where an array begins on the card."""
    return int(array.__cuda_array_interface__["data"][0])


def test_what_lies_on_the_card_is_read_there() -> None:
    """x, the initial state and d_h go in as they lie, and give the numbers of a copy."""
    run = make_run("lstm", "sigmoid", T=3, N=2, D=2, H=3, lengths=[3, 2])
    d_h = np.ones((3, 2, 3))
    x, given = on_card(run.x), on_card(d_h)
    start: dict[str, Any] = {f"{name}_0": on_card(state) for name, state in run.state.items()}

    trace = tracer.unroll(run.cell, x, lengths=run.lengths, device="cuda", **start)
    through = tracer.backprop(trace, given, device="cuda")

    assert place(trace.on_card("x")) == place(x)
    assert place(through.on_card("d_h_from_loss")) == place(given)
    copied = tracer.backprop(unrolled(run), d_h, device="cuda")
    for name in copied.names:
        np.testing.assert_array_equal(through[name], copied[name], err_msg=name)


def test_weights_that_lie_on_the_card_are_copied_to_the_cell() -> None:
    """A trace shows its equations with them: they must not change under it."""
    run = make_run("lstm", "sigmoid", T=2, N=1, D=2, H=2)
    W = run.cell.W.copy()

    cell = tracer.LSTMCell(on_card(run.cell.U), on_card(W), on_card(run.cell.a))
    W[:] = 0

    np.testing.assert_array_equal(cell.W, run.cell.W)
    np.testing.assert_array_equal(
        tracer.unroll(cell, run.x, device="cuda")["h"],
        tracer.unroll(run.cell, run.x, device="cuda")["h"],
    )


def test_one_sequence_needs_no_axis_for_the_batch() -> None:
    """x (T, D) and h_0 (H,) of one sequence, on the card too."""
    run = make_run("rnn", "tanh", T=3, N=1, D=2, H=3)

    trace = tracer.unroll(
        run.cell, on_card(run.x[:, 0]), h_0=on_card(run.state["h"][0]), device="cuda"
    )

    np.testing.assert_array_equal(trace["h"], unrolled(run)["h"])


@pytest.mark.parametrize("name", ["h", "c", "f", "z_g", "tanh_c", "d_z_f", "d_x", "d_W", "d_a"])
def test_every_quantity_comes_out_as_it_lies(name: str) -> None:
    """Shape, strides and numbers, as another library reads them."""
    run = make_run("lstm", "sigmoid", T=2, N=2, D=3, H=2)
    trace = tracer.backprop(unrolled(run), np.ones((2, 2, 2)), device="cuda")

    found = trace.on_card(name)

    np.testing.assert_array_equal(seen(found), trace[name])
    assert found.shape == trace[name].shape
    assert found.dtype == trace[name].dtype


class Driver:
    """Stands for the card's: takes everything, and keeps which streams were named."""

    def __init__(self) -> None:
        self.streams: dict[str, int] = {}

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any) -> tuple[int, ...]:
            if name.endswith("Async"):
                self.streams[name] = arguments[-1]
            return (0, 4096) if "Alloc" in name else (0,)

        return call


def test_everything_is_done_on_one_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its own number: 0 may be another stream in each thread, which waits for none of these."""
    driver = Driver()
    there = unrolled(make_run("rnn", "tanh", T=2, N=1, D=2, H=2)).on_card("h")
    monkeypatch.setattr(numbers, "SIMULATED", False)
    monkeypatch.setattr(numbers, "driver", lambda: driver)
    monkeypatch.setattr(numbers, "enter", lambda: None)
    monkeypatch.setattr(numbers, "_pool", lambda: None)

    some = numbers.allocated(3, np.float32)
    some.take(some)
    some.clear()
    del some

    assert driver.streams == {
        "cuMemAllocFromPoolAsync": 1, "cuMemcpyDtoDAsync": 1, "cuMemsetD8Async": 1,
        "cuMemFreeAsync": 1,
    }  # fmt: skip
    assert there.__cuda_array_interface__["stream"] == 1


def test_nothing_is_copied_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forward and backward leave all numbers on the card; reading f copies the gates, once."""
    copied: list[Block] = []
    host = Block.__dict__["host"].func

    def watched(block: Block) -> Any:
        copied.append(block)
        return host(block)

    run = make_run("lstm", "sigmoid", T=2, N=2, D=3, H=2)
    monkeypatch.setattr(Block, "host", property(watched))
    trace = tracer.backprop(unrolled(run), np.ones((2, 2, 2)), device="cuda")
    assert copied == []

    assert trace["f"].shape == (2, 2, 2)

    assert [block.shape for block in copied] == [(2, 2, 8)]


def test_the_host_cannot_write_to_a_trace() -> None:
    """As with every trace: what was computed later has to fit."""
    trace = unrolled(make_run("lstm", "sigmoid", T=2, N=1, D=2, H=2))

    with pytest.raises(ValueError, match="read-only"):
        trace["f"][0] = 1


def test_a_pickle_and_a_file_are_on_the_host(tmp_path: Path) -> None:
    """Both hold the numbers; what a file's level left out is rebuilt."""
    run = make_run("lstm", "sigmoid", T=2, N=2, D=2, H=2)
    trace = unrolled(run, level="gates")
    save_trace(trace, tmp_path / "a.safetensors")

    pickled = pickle.loads(pickle.dumps(trace))  # noqa: S301 - our own
    opened = tracer.open(tmp_path / "a.safetensors")

    assert opened.device == pickled.device == "cuda"
    for other in (pickled, opened):
        for name in trace.names:
            np.testing.assert_array_equal(other[name], trace[name], err_msg=name)
        with pytest.raises(InputError, match="f does not lie on a card"):
            other.on_card("f")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (np.ones((2, 2, 2), np.float16), "x has dtype float16; tracer computes in float32 or"),
        (np.ones((2, 2, 3)), r"x has shape \(2, 2, 3\); U has shape \(8, 2\), so D has to be 2"),
        (np.ones((2, 2, 2), np.float32), "x has dtype float32 and the cell's weights have float64"),
    ],
)
def test_what_does_not_fit_is_refused(given: Any, sentence: str) -> None:
    """In the words that arrays of the host meet."""
    run = make_run("lstm", "sigmoid", D=2, H=2)

    with pytest.raises(InputError, match=sentence):
        tracer.unroll(run.cell, on_card(given), device="cuda")


def test_numbers_have_to_lie_one_after_the_other() -> None:
    """What was cut out of a larger array has gaps, which no kernel expects."""
    run = make_run("lstm", "sigmoid", D=2, H=2)

    with pytest.raises(InputError, match=r"x lies on the card, but not one number after the other"):
        tracer.unroll(run.cell, on_card(np.ones((2, 2, 4)), every=2), device="cuda")


def test_a_run_that_stays_on_the_card_needs_no_memory_of_the_host(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nor is it asked how much is free, which takes longer than a short run's kernels."""
    run = make_run("lstm", "sigmoid", T=3, N=2, D=2, H=3)
    monkeypatch.setattr("tracer.kernels.memory.SMALL", 0)
    monkeypatch.setattr("tracer.kernels.memory.free_memory", lambda: 1)

    trace = unrolled(run)
    assert tracer.backprop(trace, np.ones((3, 2, 3)), device="cuda")["d_W"].shape == (12, 3)

    with pytest.raises(InputError, match="of memory are needed"):
        unrolled(run, "cpu")
    with pytest.raises(InputError, match="of memory are needed"):  # these come to the host
        tracer.backprop(trace, np.ones((3, 2, 3)), per_step=True, device="cuda")


def test_a_part_of_a_trace_is_with_the_processor() -> None:
    """A cut copies; so does what is worked out there."""
    trace = unrolled(make_run("lstm", "sigmoid", T=2, N=1, D=2, H=2))

    for part, name in ((trace.sel(step=0), "f"), (trace.sel(unit=1), "f"), (trace, "z_f_from_x")):
        with pytest.raises(InputError, match="does not lie on a card"):
            part.on_card(name)
