"""``tracer train``, typed in a folder and run in this process."""

from __future__ import annotations

from contextlib import chdir
from pathlib import Path

from click.testing import CliRunner, Result

from tracer.cli import command_line

TRAIN = ["train", "--units", "6", "--patience", "0"]
OPTIONS = ["--batch-size", "256", "--epochs", "4", "--save", "m.safetensors"]


def train(folder: Path, *options: str) -> Result:
    """Run it to its end."""
    with chdir(folder):
        return CliRunner().invoke(command_line, [*TRAIN, *options])
