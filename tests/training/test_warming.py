"""``tracer warmup``: everything that is compiled for the processor, before it is needed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner

from tracer.cells import COMPILED
from tracer.cli import command_line
from tracer.cli.warmup import Processes, compile_all
from tracer.errors import InputError
from tracer.training.warming import DTYPES, Kernels, every_kind


def test_every_kind_is_listed_once() -> None:
    """A trace and training, of each kind of cell in each dtype."""
    kinds = list(every_kind())

    assert len(kinds) == len(set(kinds)) == 2 * len(COMPILED) * len(DTYPES)


@pytest.mark.long
def test_nothing_is_left_to_compile() -> None:
    """After each has run, none has anything left to compile."""
    for kind in every_kind():
        kind.compile()

    assert not any(kind.new for kind in every_kind())


def test_what_is_there_is_not_compiled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """And it says that all is there."""
    monkeypatch.setattr(Kernels, "new", property(lambda _self: False))

    done = CliRunner().invoke(command_line, ["warmup"])

    assert (done.exit_code, done.stdout) == (0, "every kernel is compiled\n")


@pytest.mark.long
def test_each_is_compiled_in_a_process_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whatever files the folder has where it is typed; and one that fails is named."""
    (tmp_path / "pickle.py").write_text("raise SystemExit('not this one')")
    (tmp_path / "numpy.py").write_text("raise SystemExit('not this one')")
    monkeypatch.chdir(tmp_path)

    compile_all([Kernels("rnn", "float32", training=False)])
    with pytest.raises(InputError, match=r"cannot compile gru, float32: .*gru"):
        compile_all([Kernels("gru", "float32", training=False)])


def test_ctrl_c_ends_it_at_once(tmp_path: Path) -> None:
    """No process goes on compiling, and no traceback is seen."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    order = [sys.executable, "-m", "tracer", "warmup"]
    running = subprocess.Popen(
        order, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip
    group = psutil.Process(running.pid)
    while running.poll() is None and not group.children():
        time.sleep(0.01)
    children = group.children()

    os.killpg(running.pid, signal.SIGINT)
    _out, said = running.communicate(timeout=60)

    assert running.returncode == 130
    assert b"Traceback" not in said
    psutil.wait_procs(children, timeout=60)
    assert not [child for child in children if child.is_running()]


def test_what_begins_while_ctrl_c_is_pressed_is_ended_too() -> None:
    """A thread may be about to begin its process when all are told to end."""
    processes = Processes()
    processes.end()

    late = processes.begin([sys.executable, "-c", "import time; time.sleep(600)"])
    late.communicate(timeout=60)

    assert late.returncode != 0
