"""What `make bench` compares is the same computation, and its command runs."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from benchmarks import contestants, machine, rows, side_by_side
from benchmarks.contestants import Size, backward, forward

CLOSE: Any = {"float32": {"rtol": 1e-5, "atol": 1e-5}, "float64": {"rtol": 1e-12, "atol": 1e-12}}


@pytest.mark.parametrize("dtype", CLOSE)
@pytest.mark.parametrize("kind", ["lstm", "rnn"])
@pytest.mark.parametrize("way", [forward, backward])
def test_all_contestants_compute_the_same(way: Any, kind: str, dtype: str) -> None:
    """h of every step, and d_U after the way back, are those of level all."""
    ways = way(kind, dtype, Size(T=5, N=3, D=4, H=6))
    found = {name: each.result(each.run()) for name, each in ways.items()}

    assert len(found) >= 2
    for name, numbers in found.items():
        np.testing.assert_allclose(numbers, found["all"], **CLOSE[dtype], err_msg=name)


def test_the_command_measures_prints_and_writes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two small sizes: a table for each kind and dtype, all numbers as JSON, and the chart."""
    sizes = [Size(3, 1, 2, 4), Size(4, 3, 2, 4)]
    monkeypatch.setattr(machine, "SIDE", 8)
    monkeypatch.setattr(machine, "COPIED", 1000)
    monkeypatch.setattr(side_by_side, "in_a_process", partial(side_by_side.measure, sizes=sizes))
    written, drawn = tmp_path / "speed.json", tmp_path / "speed.svg"
    command = ["side_by_side", "--threads", "1", "--seconds", "0", "--only", "forward"]
    monkeypatch.setattr("sys.argv", [*command, "--json", str(written), "--chart", str(drawn)])

    side_by_side.main()

    said, (found,) = capsys.readouterr().out, json.loads(written.read_text("utf-8"))["measured"]
    assert "| 4, 3, 2, 4     |" in said
    assert "nn.LSTM ÷ gates" in said
    assert [(row["kind"], row["dtype"], row["size"]) for row in found["rows"]] == [
        (kind, dtype, list(size))
        for kind in ("lstm", "rnn")
        for dtype in ("float32", "float64")
        for size in sizes
    ]
    assert all(row["ms"]["gates"] > 0 for row in found["rows"])
    assert "3, 1, 2, 4" in drawn.read_text("utf-8")


def test_contestants_that_differ_are_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """A layer with another bias: an error that names it, in place of a row."""

    def spoiled(cell: Any) -> Any:
        layer = torch_layer(cell)
        with torch.no_grad():
            layer.bias_hh_l0 += 1
        return layer

    torch_layer = contestants.torch_layer
    monkeypatch.setattr(contestants, "torch_layer", spoiled)
    case = rows.Case("forward", "lstm", "float32", Size(3, 1, 2, 4))

    with pytest.raises(AssertionError, match=r"nn\.LSTM"):
        rows.row(case, {"float32": 1.0, "copy": 1.0}, 0)
