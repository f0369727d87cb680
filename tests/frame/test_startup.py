"""Starting is quick because nothing heavy is imported before it is used."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import tracer

HEAVY = (
    "numpy", "numba", "llvmlite", "rich", "safetensors", "scipy",
    "concurrent.futures", "importlib.metadata",
)  # fmt: skip

LISTS_WHAT_IS_LOADED = f"""
import sys
try:
    {{code}}
except SystemExit:
    pass
print("loaded:", *[name for name in {HEAVY!r} if name in sys.modules])
"""


def heavy_modules_after(code: str) -> list[str]:
    """Run `code` in a fresh Python and name the heavy modules that it has loaded."""
    script = LISTS_WHAT_IS_LOADED.format(code=code)
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return ended.stdout.splitlines()[-1].removeprefix("loaded:").split()


@pytest.mark.parametrize(
    "code",
    [
        "import tracer",
        "from tracer.cli import command_line; command_line(['--help'])",
        "from tracer.cli import command_line; command_line(['--version'])",
        "from tracer.cli import command_line; command_line(['doctor', '--help'])",
    ],
)
def test_start_loads_nothing_heavy(code: str) -> None:
    """Neither the package nor a help screen loads NumPy, Numba, Rich, or what takes as long."""
    assert heavy_modules_after(code) == []


def test_the_check_would_notice() -> None:
    """The same check does see NumPy once a public name is used."""
    assert "numpy" in heavy_modules_after("import tracer; tracer.RNNCell")


@pytest.mark.parametrize("name", tracer.__all__)
def test_every_public_name_is_there(name: str) -> None:
    """Each name that the package promises can be had, is listed, and has a docstring."""
    thing = getattr(tracer, name)

    assert name in dir(tracer)
    assert thing.__doc__


def test_public_functions_are_not_hidden_by_modules() -> None:
    """`tracer.unroll` stays the function, also after the module that defines it was imported."""
    import tracer.trace.compare
    import tracer.trace.file
    import tracer.trace.unroll

    assert tracer.unroll is tracer.trace.unroll.unroll
    assert tracer.compare is tracer.trace.compare.compare
    assert tracer.open is tracer.trace.file.open_trace


def test_unknown_public_name() -> None:
    """A name that is not there is said to be missing, as for any module."""
    with pytest.raises(AttributeError, match="module 'tracer' has no attribute 'unrol'"):
        tracer.unrol  # type: ignore[attr-defined]  # noqa: B018 - reading it is the test


@pytest.mark.parametrize("command", [["--version"], ["check", "rnn_step.py"], ["list"]])
def test_files_beside_the_answer_are_no_libraries(tmp_path: Path, command: list[str]) -> None:
    """A student's numpy.py, click.py or json.py is not run by `python -m tracer` in that folder."""
    for name in ("numpy", "click", "json", "rich", "secrets", "tempfile"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('mine')\n", "utf-8")
    (tmp_path / "rnn_step.py").write_text("def rnn_step(*_): ...\n", "utf-8")

    ended = subprocess.run(
        [sys.executable, "-m", "tracer", *command],
        cwd=tmp_path, capture_output=True, encoding="utf-8", check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip

    assert "mine" not in ended.stderr + ended.stdout
    assert ended.returncode in (0, 1)
