"""``tracer diff`` as a command, on saved traces."""

from __future__ import annotations

import json

import pytest

import tracer
from tests.view.commands import run
from tests.view.traces import lstm_cell, made_trace, rnn_cell
from tracer.cli.diff import command as diff
from tracer.errors import TracerError


@pytest.mark.usefixtures("folder")
def test_diff_says_by_its_exit_code_whether_they_agree() -> None:
    """0 for equal, 1 for different."""
    tracer.save(made_trace(lstm_cell(seed=2)), "other.safetensors")

    equal = run(diff, "a.safetensors", "a.safetensors")
    different = run(diff, "a.safetensors", "other.safetensors")
    as_json = run(diff, "a.safetensors", "other.safetensors", "--format", "json")

    assert (equal.return_value, different.return_value) == (0, 1)
    assert "First difference: t = 1" in " ".join(different.stdout.split())
    assert json.loads(as_json.stdout)["equal"] is False


@pytest.mark.usefixtures("folder")
def test_diff_of_different_cells_is_an_error() -> None:
    """An LSTM and an RNN have nothing to compare."""
    tracer.save(made_trace(rnn_cell()), "rnn.safetensors")

    with pytest.raises(TracerError, match="differ in kind of cell"):
        run(diff, "a.safetensors", "rnn.safetensors")


@pytest.mark.usefixtures("folder")
def test_wide_tolerances_make_them_equal() -> None:
    """--atol 10 forgives everything that squeezes through tanh."""
    tracer.save(made_trace(lstm_cell(seed=2)), "other.safetensors")

    done = run(diff, "a.safetensors", "other.safetensors", "--atol", "1000")

    assert done.return_value == 0
