"""The array of ``tracer grade --cluster slurm``, without Slurm; tests/slurm has a real one."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.gradebook.handing import class_of
from tests.grading.typed import tracer
from tracer.errors import InputError
from tracer.gradebook import slurm
from tracer.gradebook.slurm import ROUNDS, Array


@dataclass
class Commands:
    """Slurm's commands: what they were asked, and what they answer."""

    states: str = ""
    refused: str = ""
    away: bool = False
    asked: list[str] = field(default_factory=list)

    def __call__(self, command: str, *words: str, text: str = "") -> CompletedProcess[str]:
        """Answer as that command does."""
        self.asked.append(" ".join((command, *words, text)).strip())
        if command == "squeue":
            return CompletedProcess((), int(self.away), self.states, "")
        return CompletedProcess((), int(bool(self.refused)), "", self.refused)

    @property
    def submitted(self) -> list[str]:
        """The arrays, each with its script."""
        return [one.removeprefix("sbatch ") for one in self.asked if one.startswith("sbatch")]


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> Commands:
    """In the place of Slurm's own; each question is asked at once."""
    made = Commands()
    monkeypatch.setattr(slurm, "_asked", made)
    monkeypatch.setattr(slurm, "LOOK", 0.0)
    return made


def test_what_is_gone_is_submitted_again(commands: Commands, tmp_path: Path) -> None:
    """What waits, runs or is held counts; what is about to be gone does not."""
    array = Array("script", "tracer-1", 4, tmp_path)

    array.refill(0)
    for states in ("PD\nPD\nPD\nPD\n", "R\nPD\nCG\nR\n", "R\n"):
        commands.states = states
        array.refill(1)

    assert commands.submitted == ["--array=1-4 script", "--array=1-1 script", "--array=1-3 script"]
    assert commands.asked[1] == "squeue --noheader --array --name=tracer-1 --format=%t"


def test_nothing_is_submitted_twice(commands: Commands, tmp_path: Path) -> None:
    """Where Slurm does not answer for a while, its jobs are not taken for gone."""
    array = Array("script", "tracer-1", 4, tmp_path)

    array.refill(0)
    commands.away = True
    array.refill(4)
    array.refill(0)

    assert commands.submitted == ["--array=1-4 script"]


def test_a_job_that_is_not_taken(commands: Commands, tmp_path: Path) -> None:
    """What Slurm says is told; while there are workers, it is tried again later."""
    commands.refused = "sbatch: error: invalid account or partition\n"
    array = Array("script", "tracer-1", 2, tmp_path)

    with pytest.raises(InputError, match=r"Slurm takes no job: sbatch: error: invalid account or"):
        array.refill(0)
    array.refill(1)


def test_jobs_that_end_at_once(commands: Commands, tmp_path: Path) -> None:
    """After a few arrays without any worker it is given up, with what the last task wrote."""
    (tmp_path / "tracer-1-7.err").write_text("bash: line 9\npython: not found\n", "utf-8")
    array = Array("script", "tracer-1", 2, tmp_path)

    array.refill(0)
    array.refill(1)  # there was one: from here it counts
    for _round in range(ROUNDS - 1):
        array.refill(0)

    with pytest.raises(InputError, match="before they can grade: python: not found"):
        array.refill(0)
    assert len(commands.submitted) == 1 + ROUNDS


def test_nothing_is_left(commands: Commands, tmp_path: Path) -> None:
    """What waits is taken back first; what does not end by itself is ended."""
    array = Array("script", "tracer-1", 2, tmp_path)
    array.refill(0)
    del commands.asked[:]

    array.take_back()
    array.end()

    assert commands.asked[0] == "scancel --state=PENDING --name=tracer-1"
    assert commands.asked[-1] == "scancel --name=tracer-1"


def test_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many workers, and Slurm itself; nothing is written by then."""
    folder = class_of(tmp_path / "class", "right")
    given = ("grade", str(folder), "--out", str(tmp_path / "out"), "--cluster", "slurm")
    monkeypatch.setattr(slurm, "which", lambda _command: None)

    without_number, without_slurm = tracer(*given), tracer(*given, "--jobs", "2")

    assert "say how many workers to submit, as in --jobs 20" in without_number.stderr
    assert "this machine has no sbatch" in without_slurm.stderr
    assert {without_number.exit_code, without_slurm.exit_code} == {2}
    assert not (tmp_path / "out").exists()
