"""Commands as a student types them, run in this process."""

from __future__ import annotations

import shutil
from pathlib import Path

from click.testing import CliRunner, Result

from tracer.cli import command_line


def tracer(*words: str) -> Result:
    """Run a command in this process."""
    return CliRunner(env={"COLUMNS": "100"}).invoke(command_line, words)


def solve(course: Path, solutions: Path, *names: str) -> None:
    """Put right answers in place of the stubs."""
    for name in names:
        for path in (solutions / name).glob("*.py"):
            shutil.copy(path, course / name / path.name)
