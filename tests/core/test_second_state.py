"""A cell may hand on more than h, and what else it hands on need not be called c."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

import tracer
from tests.core.test_backprop import slope
from tracer.cells import Cell, register, unregister
from tracer.cells.activations import Array
from tracer.equations import CellEquations, Kind, Quantity
from tracer.equations.recurrent import (
    D_H_FROM_LOSS,
    H_PREV,
    UNIT,
    X,
    from_next,
    gradient,
    of_inputs,
    of_parameters,
    pre_activation,
    recurrent_parameters,
)

SUMMING = CellEquations(
    name="summing",
    title="summing RNN",
    state=("h", "s"),
    gates=(),
    parameters=recurrent_parameters(()),
    quantities=(
        X,
        H_PREV,
        Quantity("s_prev", "s_(t-1)", "", UNIT, Kind.MEMORY, None, "the sum so far"),
        *pre_activation("", "the unit"),
        Quantity("h", "h_t", "f(z) + s_prev", UNIT, Kind.MEMORY, "states", "the hidden state"),
        Quantity("s", "s_t", "s_prev + f(z)", UNIT, Kind.MEMORY, "states", "the sum of all f(z)"),
    ),
    options={"f": ("tanh",)},
    functions={"f": "f"},
    backward=(
        D_H_FROM_LOSS,
        from_next(()),
        gradient("d_h", "", "d_h_from_loss + d_h_from_next", "how the loss changes with h"),
        gradient("d_s_from_next", "", "d_h_next + d_s_next", "what comes back along the sum"),
        gradient("d_s", "", "d_s_from_next", "how the loss changes with the sum"),
        gradient("d_z", "", "(d_h + d_s) * df(z)", "how the loss changes with z"),
        of_inputs(()),
        *of_parameters(recurrent_parameters(()), ("h", "s")),
    ),
)


@dataclass(frozen=True, eq=False, repr=False)
class SummingCell(Cell):
    """An RNN that also adds up what it has said."""

    f: str = "tanh"

    equations: ClassVar[CellEquations] = SUMMING

    def step(self, x: Array, h_prev: Array, s_prev: Array) -> dict[str, Array]:
        """One step forward."""
        z = x @ self.U.T + h_prev @ self.W.T + self.a
        said = np.tanh(z)
        return {"z": z, "h": said + s_prev, "s": s_prev + said}

    def step_back(
        self,
        numbers: Mapping[str, Array],
        d_h_from_loss: Array,
        d_h_from_next: Array,
        d_s_from_next: Array,
    ) -> dict[str, Array]:
        """One step backward."""
        d_h, d_s = d_h_from_loss + d_h_from_next, d_s_from_next
        d_z = (d_h + d_s) * (1 - np.tanh(numbers["z"]) ** 2)
        return {
            "d_h": d_h, "d_s": d_s, "d_z": d_z, "d_x": d_z @ self.U,
            "d_h_prev": d_z @ self.W, "d_s_prev": d_h + d_s,
        }  # fmt: skip


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    """The cell is on the lists."""
    register(SummingCell)
    yield
    unregister("summing")


def run(x: Array, W: Array) -> tracer.Trace:
    """Two sentences of 5 and 3 words, D=2, H=3."""
    cell = SummingCell(np.full((3, 2), 0.3), W)
    return tracer.unroll(cell, x, lengths=[5, 3])


def test_its_second_state_begins_at_0_and_is_handed_on(tmp_path: Path) -> None:
    """Forward, backward against finite differences, compared, kept in a file."""
    rng = np.random.default_rng(0)
    x, W, d_h = rng.normal(size=(5, 2, 2)), rng.normal(size=(3, 3)), rng.normal(size=(5, 2, 3))
    trace = run(x, W)
    back = tracer.backprop(trace, d_h)
    tracer.save(back, tmp_path / "summing.safetensors")

    np.testing.assert_array_equal(trace["s_prev"][0], np.zeros((2, 3)))
    np.testing.assert_allclose(trace["s"][-1, 0], np.tanh(trace["z"][:, 0]).sum(axis=0))
    v = rng.normal(size=W.shape)
    measured = slope(lambda e: float((run(x, W + e * v)["h"] * d_h).sum()))
    assert (back["d_W"] * v).sum() == pytest.approx(measured, rel=1e-8)
    assert tracer.compare(tracer.open(tmp_path / "summing.safetensors"), back) is None

    found = tracer.compare(tracer.backprop(run(x, W + 0.1 * v), d_h), back)

    assert found is not None
    assert (found.step, found.quantity) == (1, "z_from_h")
    assert {other.quantity for other in found.also} == set()
