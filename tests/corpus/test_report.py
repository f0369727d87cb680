"""``tracer dev check --report``: a table of what the grader makes of a corpus of answers."""

from __future__ import annotations

import shutil
from pathlib import Path

from click.testing import CliRunner

from tracer.cli import command_line
from tracer.exercises.discovery import home


def test_the_table(tmp_path: Path) -> None:
    """A line for each exercise, a line for all of them, and what the columns count."""
    name = "10_rnn_step"
    for folder in ("exercises", "solutions"):
        shutil.copytree(home().parent / folder / name, tmp_path / folder / name)

    said = CliRunner(env={"COLUMNS": "92"}).invoke(
        command_line,
        ["dev", "check", "--exercises", str(tmp_path / "exercises"), "--report", "--sample", "1"],
    )

    lines = [line.rstrip() for line in said.stdout.splitlines() if line.strip()]
    assert said.exit_code == 0
    assert lines[0].split() == [
        "stub", "solution", "mistakes", "right", "one", "two", "line", "untrue"
    ]  # fmt: skip
    assert lines[1].split() == [name, "✓", "✓", "4/4", "1/1", "2/2", "–", "4/4", "0"]
    assert lines[2].split() == ["4/4", "1/1", "2/2", "–", "4/4", "0"]
    assert lines[-1] == "  1 exercise, no problems found."
    assert max(map(len, lines)) <= 92


def test_a_sample_of_nothing() -> None:
    """The option alone would have no effect, so it is refused."""
    said = CliRunner().invoke(command_line, ["dev", "check", "--sample", "3"])

    assert (said.exit_code, said.stderr) == (2, "error: --sample goes with --report\n")
