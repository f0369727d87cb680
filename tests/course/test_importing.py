"""`tracer.use_earlier`: an earlier answer is imported by its name, as it is saved."""

from __future__ import annotations

import importlib
import json
import runpy
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

import tracer
from tracer.live.importing import _EarlierAnswers


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """That of exercise 10, beside the one in which a session uses it; both are empty."""
    for name in ("10_rnn_step", "13_rnn_unroll"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "13_rnn_unroll")
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    yield tmp_path / "10_rnn_step"
    sys.modules.pop("rnn_step", None)


def test_an_answer_that_is_not_there_is_not_found(folder: Path) -> None:
    """Nor is another file of its name, which `tracer check` would not take."""
    tracer.use_earlier("13")
    Path("rnn_step.py").write_text("other = True\n", "utf-8")
    with pytest.raises(ModuleNotFoundError, match="your answer to exercise 10; there is no"):
        find_spec("rnn_step")
    (folder / "rnn_step.py").write_text("def rnn_step(): return 1\n", "utf-8")

    spec = find_spec("rnn_step")
    assert spec is not None
    assert spec.has_location
    assert importlib.import_module("rnn_step").__file__ == spec.origin


def test_what_is_loaded_of_a_notebook_can_be_read_and_run(folder: Path) -> None:
    """Python asks the loader for it, in `runpy` and `inspect`."""
    cells = ["def rnn_step():\n    return 1\n", "raise RuntimeError\n"]
    notebook = {
        "cells": [{"cell_type": "code", "metadata": {}, "outputs": [], "source": s} for s in cells],
        "metadata": {}, "nbformat": 4, "nbformat_minor": 5,
    }  # fmt: skip
    (folder / "rnn_step.ipynb").write_text(json.dumps(notebook), "utf-8")
    tracer.use_earlier("13")

    (finder,) = (one for one in sys.meta_path if isinstance(one, _EarlierAnswers))
    assert "def rnn_step" in finder.get_source("rnn_step")
    assert runpy.run_module("rnn_step")["rnn_step"]() == 1
