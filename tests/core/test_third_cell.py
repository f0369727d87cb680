"""A third kind of cell is an addition, not an edit: registered here, it works everywhere.

`tests.core.mgu` has its equations and its textbook step, `tests.core.mgu_compiled` its compiled
step, and nothing in `tracer` knows of it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import tracer
from tests.core.conftest import Run, make_run
from tests.core.mgu import MGUCell
from tests.core.test_backprop import Loss, slope
from tests.core.test_model import make_model
from tests.training import test_batch
from tests.training.runs import begin
from tracer.cells import register, unregister
from tracer.cells.evaluation import evaluate
from tracer.cli import command_line
from tracer.equations import LEVELS

pytestmark = pytest.mark.long

COMPILED = "tests.core.mgu_compiled"


@pytest.fixture(autouse=True, params=[None, COMPILED], ids=["reference", "cpu"])
def compiled(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """The cell is registered, without and with its compiled step."""
    register(MGUCell, request.param)
    yield request.param
    unregister("mgu")


def make_mgu() -> Run:
    """Three sentences of 5, 2 and 4 words."""
    return make_run("mgu", "sigmoid", lengths=[5, 2, 4], scale=0.7)


def unroll(run: Run, level: str = "all") -> tracer.Trace:
    """Its trace."""
    return tracer.unroll(run.cell, run.x, h_0=run.state["h"], lengths=run.lengths, level=level)


def test_a_name_that_is_taken_is_refused() -> None:
    """A second cell called "mgu" would take the place of the first without a word."""
    other = type("OtherCell", (MGUCell,), {})

    with pytest.raises(tracer.InputError, match="there is a cell 'mgu' already, MGUCell"):
        register(other)


def test_each_number_obeys_its_equation() -> None:
    """Every quantity of the list is there, as its equation has it."""
    trace = unroll(make_mgu())

    assert [q.name for q in trace.equations if q.level][1:] == ["z_f", "f", "m", "z_g", "g", "h"]
    for q in trace.equations:
        if q.equation:
            wanted = np.broadcast_to(
                evaluate(trace.cell, q.expression, trace.last), trace[q.name].shape
            )
            np.testing.assert_allclose(trace[q.name][:2], wanted[:2], atol=1e-12)


@pytest.mark.parametrize("level", LEVELS)
def test_what_a_level_left_out_is_rebuilt_to_the_bit(level: str) -> None:
    """Also z_g_from_h, whose W_g meets m."""
    full, lean = unroll(make_mgu()), unroll(make_mgu(), level)

    for name in full.names:
        np.testing.assert_array_equal(lean[name], full[name])


def test_gradients_are_the_slopes_of_the_loss() -> None:
    """W too, though no d_W = d_z^T h_prev holds for its lower half."""
    loss = Loss(make_mgu())
    back, rng = loss.backprop(per_step=True), np.random.default_rng(1)

    for name in ("U", "W", "a", "x"):
        array = loss.run.x if name == "x" else getattr(loss.run.cell, name)
        v = rng.normal(size=array.shape)
        measured = slope(lambda e, name=name, array=array, v=v: loss(**{name: array + e * v}))  # type: ignore[misc]
        assert (back[f"d_{name}"] * v).sum() == pytest.approx(measured, rel=1e-8)
    np.testing.assert_allclose(back["d_W_per_step"].sum(axis=0), back["d_W"], rtol=1e-12)


def test_a_wrong_weight_is_found_where_it_first_shows() -> None:
    """Unit 1 has another W_g: z_g parts first, everything else only because of it."""
    run = make_mgu()
    W = run.cell.W.copy()
    W[7 + 1, 0] += 0.5
    got = Loss(Run(replace(run.cell, W=W), run.x, run.state, run.lengths)).backprop()
    expected = Loss(run).backprop()

    found = tracer.compare(got, expected)

    assert found is not None
    assert (found.quantity, found.unit, found.step) == ("z_g_from_h", 1, 0)
    assert {other.quantity for other in found.also} == set()
    assert tracer.compare(expected, expected) is None


def test_a_trace_is_kept_in_a_file(tmp_path: Path) -> None:
    """Saved and opened, forward and backward."""
    trace = Loss(make_mgu()).backprop(per_step=True)

    tracer.save(trace, tmp_path / "mgu.safetensors")
    again = tracer.open(tmp_path / "mgu.safetensors")

    assert isinstance(again.cell, MGUCell)
    for name in trace.names:
        np.testing.assert_array_equal(again[name], trace[name])


def test_it_runs_where_it_can_and_says_where(tmp_path: Path, compiled: str | None) -> None:
    """Without a compiled step the trace names the device, and show says why."""
    make_model(kind="mgu").save(tmp_path / "mgu.model")

    shown = _run("show", "you are bad", "--model", str(tmp_path / "mgu.model"))

    assert unroll(make_mgu()).device == ("cpu" if compiled else "reference")
    said = "MGU has no compiled step, so it runs in the slow textbook loop (reference)"
    assert (said in shown) == (compiled is None)
    assert "MGU, 7 units" in " ".join(shown.split())


def test_the_compiled_step_is_the_textbooks(compiled: str | None) -> None:
    """Both devices, forward and backward, with and without a window."""
    del compiled
    for window in (None, 2):
        got = Loss(make_mgu()).backprop(window=window, per_step=True)
        textbook = Loss(make_mgu()).backprop(window=window, per_step=True, device="reference")
        for name in got.names:
            np.testing.assert_allclose(got[name], textbook[name], rtol=1e-9, atol=1e-12)


def test_the_next_process_takes_the_machine_code_from_the_cache(compiled: str | None) -> None:
    """One copy of the loop for each kind of cell, kept like any other kernel."""
    if compiled is None:
        return
    unroll(make_mgu())
    script = """
from tests.core.test_third_cell import COMPILED, MGUCell, make_mgu, unroll
from tracer.cells import register
from tracer.kernels.cpu.cells import compiled_cell

register(MGUCell, COMPILED)
unroll(make_mgu())
stats = compiled_cell("mgu").record.stats
print(sum(stats.cache_hits.values()), sum(stats.cache_misses.values()))
"""
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert told.stdout.split() == ["1", "0"]


@pytest.mark.parametrize("count", [1, 21])
def test_it_learns(compiled: str | None, count: int) -> None:
    """A batch's gradients are those of the model; without a compiled step there is no training."""
    if compiled is None:
        with pytest.raises(tracer.InputError, match="MGU has no compiled step"):
            begin(cell="mgu")
    else:
        for window in (0, 3):
            test_batch.test_a_batch_gives_the_gradients_of_the_model(
                "classify", "mgu", "", window, count
            )


@pytest.mark.parametrize(
    "what", [[], ["--what", "backward"], ["--unit", "0"], ["--what", "backward", "--unit", "0"]]
)
def test_it_is_shown(tmp_path: Path, what: list[str]) -> None:
    """Every picture, from a trace in a file."""
    model = make_model(kind="mgu")
    trace = model.trace("you are bad", target="praise", backward=True)
    tracer.save(trace, tmp_path / "mgu.safetensors")

    shown = _run("show", str(tmp_path / "mgu.safetensors"), *what)

    assert "MGU, 7 units" in " ".join(shown.split())


def test_a_unit_of_it_is_worked_out(tmp_path: Path) -> None:
    """W_g meets m, and what the step after sends back comes in three terms, one through a gate."""
    trace = make_model(kind="mgu").trace("you are bad", target="praise", backward=True)
    tracer.save(trace, tmp_path / "mgu.safetensors")

    forward = _run("show", str(tmp_path / "mgu.safetensors"), "--unit", "1")
    backward = _run("show", str(tmp_path / "mgu.safetensors"), "--unit", "1", "--what", "backward")

    assert "h_2[1] = (1 - f) * h_prev + f * g = (1 - 0." in forward
    assert "previous step  W_q h_(t-1), W_q m" in forward
    assert "what t = 3 sends back to h_2[1], term by term" in backward
    assert "  d_h_next * (1 - f_next)" in backward
    assert "d_z_g_2[1] = d_g * tanh'(z_g) = " in " ".join(backward.split())


def test_its_gradients_are_drawn(tmp_path: Path) -> None:
    """``tracer gradients`` on a model of it."""
    make_model(kind="mgu").save(tmp_path / "mgu.model")

    assert "MGU" in _run("gradients", "you are bad", "--model", str(tmp_path / "mgu.model"))


def _run(*arguments: str) -> str:
    result = CliRunner().invoke(command_line, arguments)
    assert result.exit_code == 0, result.output
    return result.output
