"""What would not fit into memory is refused before it is made, with what would fit."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

import tracer
from tests.core.conftest import make_run
from tests.core.test_model import make_model
from tracer.cells import CELL_CLASSES
from tracer.cells.parameters import expected_shape
from tracer.equations import CELLS
from tracer.kernels import memory
from tracer.kernels.memory import free_memory
from tracer.model.gradientflow import gradient_flow
from tracer.trace.room import check_room

GB = 10**9


@pytest.fixture
def four_gb(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with 4 GB free."""
    monkeypatch.setattr("tracer.kernels.memory.free_memory", lambda: 4 * GB)


def test_this_machine_says_how_much_is_free() -> None:
    """More than a sentence takes, less than all the machines there are."""
    assert 10**6 < free_memory() < 10**15


def test_a_container_has_what_it_has_not_taken_yet(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """3 MB of at most 4 are taken, half a MB of it by a copy of a file that can go again."""
    group = memory._GROUPS[0]._replace(folder=str(tmp_path))
    monkeypatch.setattr(memory, "_GROUPS", (group,))

    (tmp_path / "memory.max").write_text("4000000\n")
    (tmp_path / "memory.current").write_text("3000000\n")
    (tmp_path / "memory.stat").write_text("anon 2500000\ninactive_file 500000\n")
    assert free_memory() == 1_500_000

    (tmp_path / "memory.current").write_text("4500001\n")
    assert free_memory() == 1

    (tmp_path / "memory.max").write_text("max\n")
    assert free_memory() > 4_000_000


@pytest.mark.usefixtures("four_gb")
def test_the_error_names_what_would_fit() -> None:
    """One long sentence among many short ones: each is padded to it.

    An LSTM with D=4 and H=7 records 4 + 11·7 = 81 numbers of 8 bytes a step, and a
    tenth more for what is not counted: 713 bytes.
    """
    cell = make_run("lstm", "sigmoid").cell

    with pytest.raises(tracer.InputError) as error:
        check_room(cell, 20_000, 2_001, "all")

    assert str(error.value) == (
        "2,001 sequences, each padded to the 20,000 steps of the longest, at level 'all': 28.5 GB "
        "of memory are needed, and 4.0 GB are free. What would fit: 280 of these sequences, or "
        "2,804 steps, or level='checkpoints'"
    )
    check_room(cell, 20_000, 280, "all")
    check_room(cell, 2_804, 2_001, "all")
    with pytest.raises(tracer.InputError, match="or level='checkpoints', or level='states'"):
        check_room(cell, 20_000, 1_000, "gates")
    check_room(cell, 20_000, 1_000, "states")


def test_what_is_rebuilt_has_to_fit_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lean trace of three sentences, D=4 and H=7: its z_f costs 3 · 713 bytes a step."""
    run = make_run("lstm", "sigmoid", lengths=[5, 2, 4])
    trace = tracer.unroll(run.cell, run.x, lengths=run.lengths, level="states")
    monkeypatch.setattr("tracer.kernels.memory.SMALL", 0)
    monkeypatch.setattr("tracer.kernels.memory.free_memory", lambda: 5_000)

    with pytest.raises(
        tracer.InputError, match=r"z_f is not in this trace.* sequences: .* fit: 2 steps at a time"
    ):
        trace["z_f"]

    assert trace.sel(step=slice(0, 2))["z_f"].shape == (2, 3, 7)


@pytest.mark.parametrize("kind", ["rnn", "lstm"])
@pytest.mark.parametrize("per_step", [False, True])
def test_a_run_takes_no_more_than_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, kind: str, *, per_step: bool
) -> None:
    """NumPy tells tracemalloc of each array: 64 steps of 8 sentences, forward and backward."""
    asked: list[int] = []

    def missing(needed: int) -> int:
        asked.append(needed)
        return 0

    monkeypatch.setattr("tracer.trace.room.missing", missing)
    monkeypatch.setattr("tracer.kernels.memory.SMALL", 0)  # so small a run is counted too
    cell = CELL_CLASSES[kind](*(np.full(shape, 0.1) for shape in _shapes(kind, D=32, H=64)))
    x, d_h = np.ones((64, 8, 32)), np.ones((64, 8, 64))

    def run() -> None:
        tracer.backprop(tracer.unroll(cell, x), d_h, per_step=per_step)

    run()  # whatever is compiled or loaded is no part of it
    asked.clear()
    tracemalloc.start()
    run()
    taken = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert taken < sum(asked)


def _shapes(kind: str, **sizes: int) -> list[tuple[int, ...]]:
    """Of U, W and a."""
    return [expected_shape(p, sizes) for p in CELLS[kind].parameters]


@pytest.mark.usefixtures("four_gb")
def test_every_way_to_run_asks_first() -> None:
    """Nothing is allocated: the arrays that come are views of one number."""
    run = make_run("lstm", "sigmoid")
    much = np.broadcast_to(np.zeros(1), (20_000, 2_001, 4))
    model = make_model(labels=("praise", "insult"))
    long = " ".join(["bad"] * 20_000)

    with pytest.raises(tracer.InputError, match="What would fit: 280 of these sequences"):
        tracer.unroll(run.cell, much)
    with pytest.raises(tracer.InputError, match="2,001 sequences, each padded to the 20,000 steps"):
        model.trace([*["you are bad"] * 2_000, long])


def test_a_run_backward_asks_for_its_own_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gradients take more than the run forward; those of each step alone much more."""
    cell = make_run("lstm", "sigmoid").cell
    monkeypatch.setattr("tracer.kernels.memory.free_memory", lambda: 6 * GB // 10)

    check_room(cell, 10_000, 40, "all", forward=False, backward=True)
    with pytest.raises(tracer.InputError, match="What would fit: 28 of these sequences"):
        check_room(cell, 10_000, 40, "all", backward=True)
    with pytest.raises(tracer.InputError, match="a sequence of 200,000 steps at level 'all'"):
        check_room(cell, 200_000, 1, "all", backward=True, per_step=True)


def test_the_jacobians_of_a_long_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """An H by H matrix for each word: 3 · 60,000 · 7² · 8 bytes."""
    monkeypatch.setattr("tracer.kernels.memory.free_memory", lambda: GB // 20)
    monkeypatch.setattr("tracer.kernels.memory.SMALL", 2**25)
    model = make_model(kind="rnn")

    with pytest.raises(tracer.InputError, match="What would fit: a sentence of 42,517 words"):
        gradient_flow(model, " ".join(["bad"] * 60_000))
