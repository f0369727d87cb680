"""Runs a verb as it is typed, in the folder of the fixture ``folder``."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner, Result

from tracer.cli.show import command as show
from tracer.errors import TracerError


def run(command: Any, *arguments: str, typed: str | bytes = "") -> Result:
    """What a verb writes on 80 columns, with `typed` as its standard input."""
    done = CliRunner().invoke(
        command, list(arguments), input=typed, standalone_mode=False, env={"COLUMNS": "80"}
    )
    if done.exception is not None:
        raise done.exception
    return done


def error(*arguments: str, typed: str | bytes = "", command: Any = show) -> str:
    """The error, and the commands that it says to type, a line each."""
    with pytest.raises(TracerError) as caught:
        run(command, *arguments, typed=typed)
    return "\n".join([str(caught.value), *getattr(caught.value, "__notes__", ())])
