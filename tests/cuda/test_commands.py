"""The command line with --device cuda shows what it shows of the CPU's numbers."""

from __future__ import annotations

from importlib import import_module

import pytest

from tests.view.commands import run
from tracer.cli._diagnosis import diagnose
from tracer.kernels.cuda import package

SENTENCE = "you are bad"


def said(verb: str, *words: str) -> str:
    """What a command writes to standard output."""
    return run(import_module(f"tracer.cli.{verb}").command, *words).stdout


@pytest.mark.parametrize(
    "command",
    [
        ("show", SENTENCE, "--format", "plain"),
        ("show", SENTENCE, "--cell", "rnn", "--what", "backward", "--format", "plain"),
        ("gradients", SENTENCE, "--model", "rnn-classify", "--format", "plain"),
    ],
)
def test_a_screen_is_the_same_on_a_card(command: tuple[str, ...]) -> None:
    """But for the name of the device; numbers are shown with fewer digits than they agree in."""
    expected = said(*command, "--device", "reference").replace("cpu,", "cuda,").split()

    assert said(*command, "--device", "cuda").split() == expected


def test_doctor_names_the_card() -> None:
    """In the simulator that is the simulator."""
    findings = {(found.area, found.name): found.value for found in diagnose()}

    assert findings["kernels", "cuda"] == f"can be used: {package.card().name}"
