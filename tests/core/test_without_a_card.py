"""Where no card can be used, device='cuda' says in plain words why, and what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from enum import IntEnum
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numba import cuda

import tracer
from tests.core.conftest import make_run
from tracer.errors import InputError
from tracer.kernels.cuda import numbers, package
from tracer.trace.file import open_trace, save_trace


def _found(monkeypatch: pytest.MonkeyPatch, **what: Any) -> str:
    """What is said of a machine with such a package, card and driver."""
    usual: dict[str, Any] = {
        "installed": True, "card": True, "driver": (13, 0), "capability": (9, 0)
    }  # fmt: skip
    there = usual | what

    class Found:
        name = b"A card"
        compute_capability = there["capability"]

    class Driver:
        @staticmethod
        def get_version() -> Any:
            if isinstance(there["driver"], Exception):
                raise there["driver"]
            return there["driver"]

    monkeypatch.setattr(package, "find_spec", lambda _: there["installed"] or None)
    monkeypatch.setattr(cuda, "is_available", lambda: there["card"])
    monkeypatch.setattr(cuda, "get_current_device", Found)
    monkeypatch.setattr(cuda.cudadrv.driver, "driver", Driver)
    said: str = package.trouble.__wrapped__()
    return said


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ({}, ""),
        (
            {"installed": False},
            "the package numba-cuda is not installed; pip install 'rnn-tracer[cuda]'",
        ),
        (
            {"card": False},
            (
                "no NVIDIA card with a working driver was found; if there is one, nvidia-smi has "
                "to list it: install or update its driver"
            ),
        ),
        (
            {"driver": (12, 4)},
            "the driver knows CUDA 12.4 and 13.0 is needed; update the driver",
        ),
        (
            {"capability": (7, 0)},
            "A card has compute capability 7.0 and 7.5 is needed; take a newer card",
        ),
        (
            {"driver": RuntimeError("CUDA_ERROR_SYSTEM_NOT_READY\n")},
            "the driver does not answer (CUDA_ERROR_SYSTEM_NOT_READY); restart it, or update it",
        ),
    ],
)
def test_why_a_card_cannot_be_used(
    what: dict[str, Any], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence for each reason, the nearest one first."""
    assert _found(monkeypatch, **what) == sentence


def test_it_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the variable that Numba has for it."""
    monkeypatch.setenv("NUMBA_DISABLE_CUDA", "1")

    assert _found(monkeypatch) == "NUMBA_DISABLE_CUDA is set; unset it"


def test_a_numpy_that_is_too_new(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numba's package for cards asks NumPy for what 2.5 has no more."""
    monkeypatch.delattr(np, "row_stack", raising=False)

    assert _found(monkeypatch) == (
        f"numba-cuda does not work with NumPy {np.__version__} yet; pip install 'numpy<2.5'"
    )


def test_unroll_and_backprop_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is computed, with the way out."""
    monkeypatch.setattr(package, "trouble", lambda: "there is none; buy one")
    run = make_run("lstm", "sigmoid")

    trace = tracer.unroll(run.cell, run.x)

    with pytest.raises(InputError) as forward:
        tracer.unroll(run.cell, run.x, device="cuda")
    with pytest.raises(InputError) as backward:
        tracer.backprop(trace, np.ones((5, 3, 7)), device="cuda")

    assert (
        str(forward.value)
        == str(backward.value)
        == (
            "device 'cuda' cannot be used here: there is none; buy one. Or leave it at device='cpu'"
        )
    )


def test_a_card_with_too_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is needed, what is free, and what would help."""
    _driver_that_says(monkeypatch, Error.OUT_OF_MEMORY)

    with pytest.raises(InputError) as error:
        numbers.allocated(10**9, np.float32)
    assert str(error.value) == (
        "the card lacks memory: 4.0 GB are needed, and 1.0 GB are free. Take fewer sequences or "
        "steps at once, a leaner level, or device='cpu'"
    )


def test_a_card_that_fails_is_not_said_to_lack_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever broke it, fewer sequences would not help."""
    _driver_that_says(monkeypatch, Error.ILLEGAL_ADDRESS)

    with pytest.raises(InputError, match="the card does not do what it was asked to: ILLEGAL_ADD"):
        numbers.allocated(10, np.float32)


def _driver_that_says(monkeypatch: pytest.MonkeyPatch, error: Error) -> None:
    """A driver that gives no memory, on a card with 1 GB free."""
    said = SimpleNamespace(cuMemAllocFromPoolAsync=lambda *_: (error, 0))
    monkeypatch.setattr(numbers, "driver", lambda: said)
    monkeypatch.setattr(numbers, "enter", lambda: None)
    monkeypatch.setattr(numbers, "_pool", lambda: None)
    monkeypatch.setattr(numbers, "free_memory", lambda: 10**9)


class Error(IntEnum):
    """As the driver numbers what went wrong."""

    OUT_OF_MEMORY = 2
    ILLEGAL_ADDRESS = 700


def test_a_trace_of_a_card_is_looked_at_without_one(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What its level left out is then rebuilt by the CPU."""
    monkeypatch.setattr(package, "trouble", lambda: "there is none")
    run = make_run("lstm", "sigmoid")
    trace = tracer.unroll(run.cell, run.x, level="states")
    object.__setattr__(trace.last, "device", "cuda")  # as if a card had made it
    save_trace(trace, tmp_path / "a.safetensors")

    opened = open_trace(tmp_path / "a.safetensors")

    assert opened.device == "cuda"
    np.testing.assert_array_equal(opened["f"], tracer.unroll(run.cell, run.x)["f"])
    np.testing.assert_array_equal(
        opened["z_f_from_x"], tracer.unroll(run.cell, run.x)["z_f_from_x"]
    )


def test_the_command_line_prints_the_sentence_alone() -> None:
    """No traceback, and the status of an error."""
    done = subprocess.run(
        [sys.executable, "-m", "tracer", "show", "you are bad", "--device", "cuda"],
        env={**os.environ, "NUMBA_DISABLE_CUDA": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 2
    assert done.stderr.startswith("error: device 'cuda' cannot be used here: ")
    assert done.stderr.count("\n") == 1
