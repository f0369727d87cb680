"""`tracer.use_earlier`: an earlier answer is imported by its name, as it is saved."""

from __future__ import annotations

import importlib
import json
import os
import runpy
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pytest

import tracer
from tests.gradebook.handing import UNROLL
from tracer.live.importing import _EarlierAnswers, forget_changed
from tracer.live.saved import old_ones


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """That of exercise 10, beside the one in which a session uses it; both are empty."""
    for name in ("10_rnn_step", "13_rnn_unroll"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "13_rnn_unroll")
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    yield tmp_path / "10_rnn_step"
    for name in ("rnn_step", "lstm_step", "lstm_gates"):
        sys.modules.pop(name, None)


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


STEP = "import numpy as np\ndef rnn_step(x, h_prev, U, W, a):\n    return np.tanh({})\n"
WRONG, RIGHT = STEP.format("x @ U.T"), STEP.format("x @ U.T + h_prev @ W.T + a")


class Shell:
    """What of IPython a session is told by: the names of its cells, and when one begins or ends."""

    def __init__(self) -> None:
        self.events, self.user_ns = self, dict[str, object]()
        self.heard: dict[str, list[Callable[[], None]]] = {}

    def register(self, event: str, function: Callable[[], None]) -> None:
        """Have it called."""
        self.heard.setdefault(event, []).append(function)

    def cell(self, code: str) -> None:
        """Run one."""
        for event in ("pre_run_cell", "post_run_cell"):
            for function in self.heard.get(event, []):
                function()
            if event == "pre_run_cell":
                exec(code, self.user_ns)  # noqa: S102 - as IPython does


def test_a_function_that_was_saved_since_its_import(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """After the next cell it is said once; `tracer.check` says it of what calls the old one."""
    shell = Shell()
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    (folder / "rnn_step.py").write_text(WRONG, "utf-8")
    shell.cell("import tracer; tracer.use_earlier('13')")
    shell.cell("from rnn_step import rnn_step")
    shell.cell(UNROLL.replace("from rnn_step import rnn_step", ""))
    shell.cell("before = repr(tracer.check('13', rnn_unroll))")
    (folder / "rnn_step.py").write_text(RIGHT, "utf-8")
    for _again in range(2):
        shell.cell("after = tracer.check('13', rnn_unroll)")
    told = capsys.readouterr().err
    shell.cell("from rnn_step import rnn_step; now = tracer.check('13', rnn_unroll)")

    said = "rnn_step.py was saved after this session imported it: run the import of rnn_step again."
    after, now = shell.user_ns["after"], shell.user_ns["now"]
    assert told == f"{said}\n"
    assert "saved after" not in str(shell.user_ns["before"])
    assert said in " ".join(repr(after).split())
    assert "It gives" in repr(after)  # of what is called, which is the old one
    assert now
    assert "saved after" not in repr(now)
    assert capsys.readouterr().err == ""


def test_a_function_that_calls_one_that_was_saved_since(folder: Path) -> None:
    """The import that has to run again is that of the caller; also without IPython."""
    for name, text in (
        ("20_lstm_gates/lstm_gates.py", "def lstm_gates(): ...\n"),
        ("22_lstm_step/lstm_step.py", "from lstm_gates import lstm_gates\ndef lstm_step(): ...\n"),
    ):
        (folder.parent / name).parent.mkdir()
        (folder.parent / name).write_text(text, "utf-8")
    (folder.parent / "23_lstm_unroll").mkdir()
    os.chdir(folder.parent / "23_lstm_unroll")
    tracer.use_earlier("23")
    step = importlib.import_module("lstm_step").lstm_step
    before = old_ones([step])
    (folder.parent / "20_lstm_gates" / "lstm_gates.py").write_text("lstm_gates = max\n", "utf-8")

    assert (before, old_ones([step])) == ([], [("lstm_step", "lstm_gates.py")])
    forget_changed()
    assert old_ones([importlib.import_module("lstm_step").lstm_step]) == []
